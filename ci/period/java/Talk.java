// Talk - what client and server share: lines in clear and inside TLS over one wire,
// the switch between them, and the facts about TLS.

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

final class Talk {
    // RFC 8446 6.2 and RFC 5246 7.2, in JSSE's words.
    private static final String[] ALERTS = {"unexpected_message", "10", "bad_record_mac", "20",
        "record_overflow", "22", "handshake_failure", "40", "bad_certificate", "42",
        "unsupported_certificate", "43", "certificate_revoked", "44",
        "certificate_expired", "45", "certificate_unknown", "46", "illegal_parameter", "47",
        "unknown_ca", "48", "access_denied", "49", "decode_error", "50",
        "decrypt_error", "51", "protocol_version", "70", "insufficient_security", "71",
        "internal_error", "80", "inappropriate_fallback", "86", "no_renegotiation", "100",
        "missing_extension", "109", "unsupported_extension", "110",
        "unrecognized_name", "112"};

    final Wire wire;
    final Flow flow;
    final char side;
    SSLSocket tls; // null: in clear
    boolean handshakeOver;
    private boolean closeSent;
    private boolean closeReceived;
    private String error = "";
    private InputStream in;
    private OutputStream out;
    private byte[] pending = new byte[0];

    Talk(Wire wire, Flow flow, char side) throws IOException {
        this.wire = wire;
        this.flow = flow;
        this.side = side;
        in = wire.getInputStream();
        out = wire.getOutputStream();
    }

    boolean inside() {
        return handshakeOver;
    }

    int pending() {
        return pending.length;
    }

    void say(String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        if (inside()) {
            flow.turn(side, "inside", octets, 0, octets.length, false);
        }
        try {
            out.write(octets);
            out.flush();
        } catch (IOException broken) {
            throw noted(broken);
        }
    }

    // A line without CRLF; null at the end of the stream.
    String line(int most) throws IOException {
        byte[] buffer = new byte[16384];
        for (;;) {
            for (int i = 0; i + 1 < pending.length; i++) {
                if (pending[i] == '\r' && pending[i + 1] == '\n') {
                    String line = new String(pending, 0, i, StandardCharsets.ISO_8859_1);
                    pending = java.util.Arrays.copyOfRange(pending, i + 2, pending.length);
                    return line;
                }
            }
            if (pending.length > most) {
                throw new IOException("a line is too long");
            }
            int n;
            try {
                n = in.read(buffer, 0, buffer.length);
            } catch (IOException broken) {
                throw noted(broken);
            }
            if (n < 0) {
                closeReceived = inside() && wire.end.isEmpty();
                return null;
            }
            if (inside()) {
                flow.turn(side == 'C' ? 'S' : 'C', "inside", buffer, 0, n, true);
            }
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            joined.write(pending);
            joined.write(buffer, 0, n);
            pending = joined.toByteArray();
        }
    }

    private IOException noted(IOException broken) {
        if (error.isEmpty() && wire.layer.equals("tls")) {
            error = String.valueOf(broken.getMessage());
        }
        return broken;
    }

    // RFC 3207 4: what came in clear behind the switch is dropped.
    boolean startTls(SSLContext context, Options options) {
        pending = new byte[0];
        wire.layer = "tls";
        wire.phase("handshake");
        boolean client = side == 'C';
        try {
            String name = client ? options.text("--name") : null;
            tls = (SSLSocket) context.getSocketFactory()
                .createSocket(wire, name, wire.getPort(), false);
            tls.setUseClientMode(client);
            String[] protocols = options.protocols(
                options.text("--tls-min"), options.text("--tls-max"));
            if (protocols != null) {
                tls.setEnabledProtocols(protocols);
            }
            SSLParameters parameters = tls.getSSLParameters();
            if (client && !name.isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            if (client && options.has("--ca")) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            in = tls.getInputStream();
            out = tls.getOutputStream();
        } catch (IOException | RuntimeException failed) {
            error = String.valueOf(failed.getMessage());
            flow.fact("tls.handshake", "failed");
            return false;
        } catch (Exception never) {
            throw new IllegalStateException(never);
        }
        handshakeOver = true;
        flow.fact("tls.handshake", "ok");
        flow.handshakeOver();
        return true;
    }

    // Sends close_notify and waits for the peer's: true if both have passed.
    boolean shutdown() {
        long before = wire.sent.count;
        wire.phase("close");
        try {
            tls.shutdownOutput();
            closeSent = wire.sent.count > before;
            if (!closeReceived) {
                byte[] buffer = new byte[256];
                while (in.read(buffer, 0, buffer.length) > 0) {
                    continue;
                }
                closeReceived = wire.end.isEmpty();
            }
        } catch (IOException broken) {
            noted(broken);
        }
        return closeSent && closeReceived;
    }

    void tell(boolean verifies) {
        String protocol = handshakeOver ? tls.getSession().getProtocol() : "";
        if (protocol.startsWith("TLSv1")) {
            flow.fact("tls.version", protocol.equals("TLSv1") ? "1.0" : protocol.substring(4));
        }
        boolean refused = error.matches(".*(PKIX|certif|No subject|No name).*");
        flow.fact("tls.verified", !verifies ? "unchecked" : handshakeOver ? "yes"
            : refused ? "no" : "unchecked");
        String words = error.toLowerCase(Locale.ROOT);
        for (int i = 0; i < ALERTS.length; i += 2) {
            if (words.startsWith("received fatal alert: " + ALERTS[i])) {
                flow.fact("tls.alert.received", ALERTS[i + 1]);
            }
        }
        flow.fact("tls.close", closeSent ? closeReceived ? "both" : "sent"
            : closeReceived ? "received" : "none");
        if (!error.isEmpty()) {
            flow.fact("tls.error", error);
        }
        if (side == 'S') {
            flow.fact("tls.server-name", serverName());
        }
    }

    private String serverName() {
        if (handshakeOver && tls.getSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return "-";
    }
}
