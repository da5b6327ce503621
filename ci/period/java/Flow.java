// Flow - writes a session as a flow (vectors/README.md).

import java.nio.charset.StandardCharsets;

final class Flow {
    private static final int LINE = 32; // octets a line
    private final StringBuilder text = new StringBuilder();
    private final int listed;
    private int limit; // octets listed of a turn; 0: all
    private String last = "";

    Flow(int number, int listed) {
        this.listed = listed;
        text.append("connection: ").append(number).append('\n');
    }

    void handshakeOver() {
        limit = listed;
    }

    // A write is a turn; what is read goes on in the turn before, if that was read too.
    void turn(char sender, String layer, byte[] octets, int from, int n, boolean isRead) {
        String turn = sender + layer;
        if (!isRead || !last.equals(turn)) {
            text.append(sender).append("> ").append(layer).append('\n');
        }
        last = isRead ? turn : "";
        int shown = limit > 0 && !layer.equals("smtp") && n > limit ? limit : n;
        if (layer.equals("tls")) {
            hex(octets, from, shown);
        } else {
            strings(new String(octets, from, shown, StandardCharsets.ISO_8859_1));
        }
        if (shown < n) {
            text.append("  ... ").append(n - shown).append('\n');
        }
    }

    private void hex(byte[] octets, int from, int n) {
        for (int i = 0; i < n; i++) {
            text.append(i % LINE == 0 ? "  " : "");
            text.append(Character.forDigit(octets[from + i] >> 4 & 15, 16));
            text.append(Character.forDigit(octets[from + i] & 15, 16));
            text.append(i % LINE == LINE - 1 || i == n - 1 ? "\n" : "");
        }
    }

    private void strings(String rest) {
        while (!rest.isEmpty()) {
            int at = rest.indexOf('\n') + 1;
            if (at == 0 || at > 4 * LINE) {
                at = Math.min(rest.length(), 4 * LINE);
            }
            text.append("  \"").append(escape(rest.substring(0, at), true)).append("\"\n");
            rest = rest.substring(at);
        }
    }

    void fact(String name, Object value) {
        String said = escape(String.valueOf(value), false);
        text.append("= ").append(name).append(' ');
        text.append(said, 0, Math.min(said.length(), 900)).append('\n');
        last = "";
    }

    private static String escape(String plain, boolean quote) {
        StringBuilder out = new StringBuilder();
        for (char c : plain.toCharArray()) {
            if (c == '\r') {
                out.append("\\r");
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\\' || c == '"' && quote) {
                out.append('\\').append(c);
            } else if (c >= 32 && c < 127) {
                out.append(c);
            } else {
                out.append(String.format("\\x%02x", c & 255));
            }
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
