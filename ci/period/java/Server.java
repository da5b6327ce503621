// Server - a STARTTLS server over JSSE: one process, a record for each session
// (CONTRIBUTING.md).

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

final class Server {
    private static final int SIZE = 16 << 20; // octets of a message, at most
    private static final int ERRORS = 20; // refused commands until it hangs up
    private static final List<String> FREE = List.of("NOOP", "EHLO", "STARTTLS", "QUIT");
    private static final Pattern MAIL = Pattern.compile("(?i)FROM: ?<[^>]*>( .*)?");
    private static final Pattern RCPT = Pattern.compile("(?i)TO: ?<[^>]*>( .*)?");

    private final Options options;
    private Flow flow;
    private Wire wire;
    private Talk talk;
    private SSLContext context;
    private List<List<String>> verbs;
    private List<List<String>> codes;
    private String stage;
    private String trouble;
    private boolean greeted;
    private boolean mail;
    private boolean done;
    private int recipients;
    private int messages;
    private int errors;

    Server(Options options) {
        this.options = options;
    }

    // Its accept() gives wires.
    private static final class Listener extends ServerSocket {
        Listener(int port) throws IOException {
            super(port, 32, InetAddress.getByName("127.0.0.1"));
        }

        @Override
        public Socket accept() throws IOException {
            Wire wire = new Wire();
            implAccept(wire);
            return wire;
        }
    }

    public static void main(String[] words) throws Exception {
        Options options = new Options("server", words);
        String where = String.valueOf(options.text("--listen"));
        if (!where.matches("127\\.0\\.0\\.1:\\d{1,5}") || !options.has("--cert")
            || !options.has("--key")) {
            options.leave(2, "give --listen 127.0.0.1:PORT, --cert and --key");
        }
        if (options.has("--tied")) {
            Thread tied = new Thread(() -> {
                try {
                    while (System.in.read() >= 0) {
                        continue;
                    }
                } catch (IOException gone) {
                    // as good as the end
                }
                Runtime.getRuntime().halt(0);
            });
            tied.setDaemon(true);
            tied.start();
        }
        new Server(options).serve(Integer.parseInt(where.substring(where.indexOf(':') + 1)));
    }

    private void serve(int port) throws Exception {
        context = options.context();
        try (Listener listener = new Listener(port)) {
            System.out.println("= listen 127.0.0.1:" + listener.getLocalPort());
            System.out.flush();
            do {
                listener.setSoTimeout(0);
                session(listener);
            } while (!options.has("--once"));
        }
    }

    // A session is so many connections, one after another, if they come.
    private void session(Listener listener) throws Exception {
        StringBuilder text = new StringBuilder();
        if (options.text("--resume").equals("no")) {
            context = options.context();
        }
        for (int number = 1; number <= options.number("--connections"); number++) {
            try {
                wire = (Wire) listener.accept();
            } catch (SocketTimeoutException nobody) {
                break;
            }
            flow = new Flow(number, options.number("--list-octets"));
            connection();
            text.append(flow);
            listener.setSoTimeout(options.number("--deadline"));
        }
        System.out.print(text + "= exit 0\n");
        System.out.flush();
    }

    private void connection() throws IOException {
        verbs = List.of(new ArrayList<>(), new ArrayList<>());
        codes = List.of(new ArrayList<>(), new ArrayList<>());
        stage = "greeting";
        trouble = "";
        greeted = done = false;
        messages = errors = 0;
        reset();
        wire.begin('S', flow, options.number("--deadline"));
        talk = new Talk(wire, flow, 'S');
        try {
            wire.phase("greeting");
            reply(220, "mx.example ESMTP");
            while (!done) {
                wire.phase(stage);
                String line = talk.line(SIZE);
                if (line == null) {
                    break;
                }
                take(line);
            }
            if (stage.equals("quit") && talk.inside() && talk.shutdown()) {
                stage = "close";
            }
        } catch (IOException broken) {
            // the wire knows why
        }
        tell();
        wire.close();
    }

    private int inside() {
        return talk.inside() ? 1 : 0;
    }

    private void reply(int code, String words) throws IOException {
        codes.get(inside()).add(String.valueOf(code));
        errors += code >= 500 ? 1 : 0;
        talk.say(code + " " + words + "\r\n");
    }

    private void reset() {
        mail = false;
        recipients = 0;
    }

    private void take(String line) throws IOException {
        int blank = line.indexOf(' ');
        String verb = (blank < 0 ? line : line.substring(0, blank)).toUpperCase(Locale.ROOT);
        String words = blank < 0 ? "" : line.substring(blank).trim();
        String phase = phase(verb);
        if (line.length() > 510 || phase == null) {
            verbs.get(inside()).add("?");
            reply(500, line.length() > 510 ? "the line is too long" : "no such command");
        } else {
            verbs.get(inside()).add(verb);
            wire.phase(phase);
            if (options.text("--starttls").equals("require") && !talk.inside()
                && !FREE.contains(verb)) {
                reply(530, "Must issue a STARTTLS command first");
            } else {
                stage = phase;
                execute(verb, words);
            }
        }
        if (errors >= ERRORS) {
            trouble = "too many errors";
            done = true;
        }
    }

    private String phase(String verb) {
        switch (verb) {
            case "EHLO": case "HELO": return talk.inside() ? "ehlo-tls" : "ehlo";
            case "STARTTLS": return "starttls";
            case "QUIT": return "quit";
            case "MAIL": case "RCPT": case "DATA": case "RSET": case "NOOP": case "VRFY":
            case "HELP": return "mail";
            default: return null;
        }
    }

    // RFC 5321 4.1.1 and RFC 3207 4
    private void execute(String verb, String words) throws IOException {
        switch (verb) {
            case "EHLO": case "HELO": hello(verb, words); break;
            case "STARTTLS": startTls(words); break;
            case "MAIL": mail(words); break;
            case "RCPT": rcpt(words); break;
            case "DATA": data(); break;
            case "RSET": reset(); reply(250, "OK"); break;
            case "NOOP": reply(250, "OK"); break;
            case "VRFY": reply(252, "send it and see"); break;
            case "HELP": reply(214, "RFC 5321, RFC 3207"); break;
            default: reply(221, "bye"); done = true;
        }
    }

    private void hello(String verb, String words) throws IOException {
        if (words.isEmpty()) {
            reply(501, verb + " needs a name");
            return;
        }
        reset();
        greeted = true;
        if (verb.equals("HELO")) {
            reply(250, "mx.example");
            return;
        }
        boolean offers = !options.text("--starttls").equals("absent") && !talk.inside();
        codes.get(inside()).add("250");
        talk.say("250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE " + SIZE + "\r\n"
            + (offers ? "250-STARTTLS\r\n" : "") + "250 HELP\r\n");
    }

    private void startTls(String words) throws IOException {
        String mode = options.text("--starttls");
        if (mode.equals("absent")) {
            reply(502, "not offered here");
        } else if (talk.inside()) {
            reply(503, "TLS is already there");
        } else if (!words.isEmpty()) {
            reply(501, "STARTTLS takes no parameters");
        } else if (!greeted) {
            reply(503, "EHLO first");
        } else if (mode.equals("454")) {
            reply(454, "not for the moment");
        } else {
            reply(220, "Ready to start TLS");
            flow.fact("smtp.pending", talk.pending());
            if (!talk.startTls(context, options)) {
                done = true;
                return;
            }
            stage = "handshake";
            greeted = false; // RFC 3207 4.2
            reset();
        }
    }

    private void mail(String words) throws IOException {
        Matcher found = MAIL.matcher(words);
        if (!greeted || mail) {
            reply(503, mail ? "a transaction is open" : "EHLO first");
        } else if (!found.matches()) {
            reply(501, "MAIL FROM:<path>");
        } else {
            String more = found.group(1) == null ? "" : found.group(1).trim();
            flow.fact("smtp.mail.parameters", more.isEmpty() ? "-" : more);
            mail = true;
            reply(250, "OK");
        }
    }

    private void rcpt(String words) throws IOException {
        if (!mail) {
            reply(503, "MAIL first");
        } else if (!RCPT.matcher(words).matches()) {
            reply(501, "RCPT TO:<path>");
        } else {
            recipients++;
            reply(250, "OK");
        }
    }

    private void data() throws IOException {
        if (!mail || recipients == 0) {
            reply(503, mail ? "RCPT first" : "MAIL first");
            return;
        }
        reply(354, "go ahead");
        Octets body = new Octets();
        for (String line; (line = talk.line(SIZE)) != null; ) {
            if (line.equals(".")) {
                reset();
                messages++;
                flow.fact("mail.octets", body.count);
                flow.fact("mail.digest", body.value());
                reply(250, "taken");
                return;
            }
            String kept = (line.startsWith(".") ? line.substring(1) : line) + "\r\n";
            body.add(kept.getBytes(StandardCharsets.ISO_8859_1), 0, kept.length());
        }
        done = true;
    }

    private static String listed(List<String> words) {
        return words.isEmpty() ? "-" : String.join(" ", words);
    }

    private void tell() {
        flow.fact("smtp.commands.plain", listed(verbs.get(0)));
        flow.fact("smtp.replies.plain", listed(codes.get(0)));
        flow.fact("smtp.commands.tls", listed(verbs.get(1)));
        flow.fact("smtp.replies.tls", listed(codes.get(1)));
        if (talk.tls != null) {
            talk.tell(false);
        }
        flow.fact("mail", messages == 0 ? "none"
            : talk.inside() ? "received-tls" : "received-plain");
        flow.fact("mail.count", messages);
        flow.fact("stage", stage);
        wire.tell(stage, trouble);
    }
}
