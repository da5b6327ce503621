// Client - a STARTTLS client over JSSE: one process, a session for each line of work
// (CONTRIBUTING.md).

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;

final class Client {
    private static final String HEADER = "From: <a@client.example>\r\nTo: <b@mx.example>\r\n"
        + "Subject: interop\r\n\r\n";
    private static final int WIDTH = 76; // of a line without CRLF

    private final Options options;
    private Flow flow;
    private Wire wire;
    private Talk talk;
    private String keywords;
    private String stage;
    private String outcome;
    private String trouble;
    private boolean tlsFailed;

    Client(Options options) {
        this.options = options;
    }

    public static void main(String[] words) throws Exception {
        Options options = new Options("client", words);
        Client client = new Client(options);
        if (options.has("--to")) {
            client.session(options.text("--to"));
        } else if (options.has("--jobs")) {
            BufferedReader lines = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line; (line = lines.readLine()) != null; ) {
                client.session(line);
            }
        } else {
            options.leave(2, "give --to HOST:PORT or --jobs");
        }
    }

    // One session of work: 1 to N connections, and one more in clear if that may be.
    private void session(String address) throws Exception {
        if (!address.matches("127\\.0\\.0\\.1:\\d{1,5}")) {
            options.leave(2, "work is a line 127.0.0.1:PORT");
        }
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        StringBuilder text = new StringBuilder();
        SSLContext context = options.context();
        String policy = options.text("--policy");
        int exit = 0;
        for (int number = 1; ; number++) {
            if (!connection(port, policy, number, context)) {
                exit = 1;
            }
            text.append(flow);
            boolean again = outcome.equals("delivered-tls")
                && number < options.number("--connections");
            if (tlsFailed && policy.equals("opportunistic")) {
                policy = "none";
            } else if (!again) {
                break;
            }
            if (options.text("--resume").equals("no")) {
                context = options.context();
            }
        }
        System.out.print(text + "= exit " + exit + "\n");
        System.out.flush();
    }

    private boolean connection(int port, String policy, int number, SSLContext context)
        throws IOException {
        flow = new Flow(number, options.number("--list-octets"));
        wire = new Wire();
        keywords = trouble = "";
        stage = "connect";
        outcome = "";
        tlsFailed = false;
        try {
            wire.connect(new InetSocketAddress("127.0.0.1", port));
        } catch (IOException refused) {
            flow.fact("end", "connect: " + refused.getMessage());
            return false;
        }
        wire.begin('C', flow, options.number("--deadline"));
        talk = new Talk(wire, flow, 'C');
        try {
            dialogue(policy, context);
        } catch (IOException broken) {
            // the wire knows why
        }
        if (talk.tls != null) {
            talk.tell(options.has("--ca"));
        }
        flow.fact("mail", outcome.isEmpty() ? "deferred" : outcome);
        flow.fact("stage", stage);
        wire.tell(stage, trouble);
        wire.close();
        return true;
    }

    private void dialogue(String policy, SSLContext context) throws IOException {
        if (!step("greeting", "greeting", "", "220")) {
            giveUp("deferred");
            return;
        }
        if (!step("ehlo", "ehlo", "EHLO client.example\r\n", "250")) {
            giveUp("deferred");
            return;
        }
        if (!policy.equals("none")) {
            boolean there = (" " + keywords.toUpperCase(Locale.ROOT) + " ").contains(" STARTTLS ")
                && step("starttls", "starttls", "STARTTLS\r\n", "220");
            if (!there && policy.equals("mandatory")) {
                giveUp("deferred");
                return;
            }
            if (there && !upgrade(context)) {
                return;
            }
        }
        String done = talk.inside() ? "delivered-tls" : "delivered-plain";
        if (!step("mail", "mail", mail(), "250")
            || !step("mail", "rcpt", "RCPT TO:<b@mx.example>\r\n", "250")
            || !step("mail", "data", "DATA\r\n", "354")) {
            giveUp("rejected");
            return;
        }
        message();
        boolean taken = step("mail", "message", ".\r\n", "250");
        giveUp(taken ? done : "rejected");
    }

    private String mail() {
        String size = "";
        if ((" " + keywords.toUpperCase(Locale.ROOT)).contains(" SIZE")) { // RFC 1870
            int body = options.number("--message");
            size = " SIZE=" + (HEADER.length() + (body < 2 ? 0 : body));
        }
        return "MAIL FROM:<a@client.example>" + size + "\r\n";
    }

    // true: TLS is there and greeted; else there is nothing more to do.
    private boolean upgrade(SSLContext context) throws IOException {
        flow.fact("smtp.pending", talk.pending());
        if (talk.pending() > 0) {
            trouble = "octets behind the 220";
            return false;
        }
        if (!talk.startTls(context, options)) {
            tlsFailed = true;
            return false;
        }
        stage = "handshake";
        keywords = ""; // RFC 3207 4.2
        if (!step("ehlo-tls", "ehlo-tls", "EHLO client.example\r\n", "250")) {
            giveUp("deferred");
            return false;
        }
        return true;
    }

    private void giveUp(String with) throws IOException {
        outcome = with;
        step("quit", "quit", "QUIT\r\n", "");
        if (talk.tls == null || talk.shutdown()) {
            stage = "close";
        }
    }

    // Sends a command, takes the reply; whether it is the one that leads on.
    private boolean step(String phase, String fact, String command, String want)
        throws IOException {
        wire.phase(phase);
        if (!command.isEmpty()) {
            talk.say(command);
        }
        List<String> lines = reply();
        String code = lines.get(0).substring(0, 3);
        flow.fact("smtp." + fact, code);
        if (fact.startsWith("ehlo")) {
            List<String> words = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                words.add(line.substring(Math.min(4, line.length())).replace(' ', '=')
                    .replaceAll("[^!-~]", "?"));
            }
            keywords = String.join(" ", words);
            flow.fact("smtp." + fact + ".keywords", keywords.isEmpty() ? "-" : keywords);
        }
        if (!want.isEmpty() && !code.equals(want)) {
            return false;
        }
        stage = phase;
        return true;
    }

    // RFC 5321 4.2
    private List<String> reply() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line; (line = talk.line(512)) != null; ) {
            lines.add(line);
            if (!line.matches("[2-5]\\d\\d([ -].*)?") || line.length() > 510
                || lines.size() > 100) {
                trouble = "no reply by RFC 5321 4.2";
                throw new IOException(trouble);
            }
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return lines;
            }
        }
        throw new IOException("the server went away");
    }

    // clients/message.c tells why it looks so.
    private void message() throws IOException {
        Octets made = new Octets();
        StringBuilder out = new StringBuilder(HEADER);
        made.add(HEADER.getBytes(StandardCharsets.US_ASCII), 0, HEADER.length());
        int left = options.number("--message");
        for (int number = 0; left >= 2; number++) {
            int n = Math.min(left, WIDTH + 2);
            if (left - n == 1) {
                n--;
            }
            StringBuilder line = new StringBuilder(
                n > 12 ? (number % 7 == 0 ? "." : "") + number % 1000000 + " " : "");
            while (line.length() < n - 2) {
                line.append('x');
            }
            line.append("\r\n");
            made.add(line.toString().getBytes(StandardCharsets.US_ASCII), 0, n);
            out.append(line.charAt(0) == '.' ? "." : "").append(line); // RFC 5321 4.5.2
            left -= n;
            if (out.length() > 15000) {
                talk.say(out.toString());
                out.setLength(0);
            }
        }
        if (out.length() > 0) {
            talk.say(out.toString());
        }
        flow.fact("mail.octets", made.count);
        flow.fact("mail.digest", made.value());
    }
}
