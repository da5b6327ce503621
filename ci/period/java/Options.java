// Options - the command line of both programs, what they say about themselves
// (CONTRIBUTING.md, "The contract of a program"), and what JSSE is told of it.

import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

final class Options {
    static final List<String> VERSIONS = List.of("1.0", "1.1", "1.2", "1.3");
    private static final List<String> FLAGS = List.of("--jobs", "--version",
        "--capabilities", "--list", "--old", "--secrets", "--tied", "--once", "--sslv2hello",
        "--safe-renegotiation");
    private static final Map<String, List<String>> CHOICES = Map.of(
        "--policy", List.of("none", "opportunistic", "mandatory"),
        "--starttls", List.of("offer", "454", "absent", "require"),
        "--tls-min", VERSIONS, "--tls-max", VERSIONS,
        "--resume", List.of("no", "id", "ticket"));
    private static final List<String> BOTH = List.of("--tls-min", "--tls-max", "--ca",
        "--resume", "--deadline", "--list-octets", "--connections", "--fault", "--stimulus");
    private static final Map<String, List<String>> OF = Map.of(
        "client", List.of("--to", "--name", "--policy", "--message"),
        "server", List.of("--listen", "--cert", "--key", "--starttls"));

    private final Map<String, String> given = new HashMap<>(Map.of("--name", "mx.example",
        "--policy", "mandatory", "--starttls", "offer", "--message", "8192",
        "--connections", "1", "--deadline", "5000", "--list-octets", "256", "--resume", "no"));
    private final String role;
    private KeyManager[] keys; // null: none
    private TrustManager[] trust = {new Unchecked()};

    Options(String role, String[] words) throws Exception {
        this.role = role;
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            if (FLAGS.contains(word)) {
                given.put(word, "");
            } else if (!OF.get(role).contains(word) && !BOTH.contains(word)) {
                leave(2, "no option " + word + "; see CONTRIBUTING.md");
            } else if (++i == words.length) {
                leave(2, word + " needs a value");
            } else if (CHOICES.containsKey(word) && !CHOICES.get(word).contains(words[i])) {
                leave(89, word + " cannot be " + words[i]);
            } else {
                given.put(word, words[i]);
            }
        }
        if (has("--fault") || has("--stimulus")) {
            leave(89, "it has no faults and no stimuli: it is here for its TLS library");
        }
        prepare();
        if (has("--version")) {
            System.out.println(version());
            System.exit(0);
        }
        if (has("--list")) {
            System.exit(0);
        }
        if (has("--capabilities")) {
            capabilities();
            System.exit(0);
        }
        String[] enabled = protocols(text("--tls-min"), text("--tls-max"));
        if (enabled != null && enabled.length == 0) {
            leave(89, "JSSE has no such version" + (has("--sslv2hello") ? " with SSLv2Hello" : ""));
        }
        read();
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    String text(String name) {
        return given.get(name);
    }

    int number(String name) {
        return Integer.parseInt(given.get(name));
    }

    void leave(int code, String why) {
        System.err.println(role + ": " + why);
        System.exit(code);
    }

    // Before JSSE is first used: it looks only once.
    private void prepare() {
        String ticket = String.valueOf(text("--resume").equals("ticket"));
        System.setProperty("jdk.tls.client.enableSessionTicketExtension", ticket);
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", ticket);
        if (has("--safe-renegotiation")) {
            System.setProperty("sun.security.ssl.allowLegacyHelloMessages", "false");
        }
        if (has("--old") || has("--capabilities")) {
            Security.setProperty("jdk.tls.disabledAlgorithms", "");
            Security.setProperty("jdk.certpath.disabledAlgorithms", "");
        }
    }

    private String version() {
        String version = System.getProperty("java.version");
        return version + (has("--sslv2hello") ? "+sslv2hello" : "")
            + " (JSSE of OpenJDK " + Runtime.version() + ")";
    }

    private void capabilities() throws Exception {
        System.out.println("= library jsse " + version());
        StringBuilder can = new StringBuilder();
        for (String version : VERSIONS) {
            if (protocols(version, version).length > 0) {
                can.append(' ').append(version);
            } else {
                System.out.println("= cannot.tls " + version + " SSLv2Hello goes up to TLS 1.2");
            }
        }
        System.out.println("= can.tls" + can);
        System.out.println("= can.cert rsa ecdsa");
        if (has("--sslv2hello") && role.equals("client")) {
            System.out.println("= can.form sslv2");
        }
        System.out.println("= can.resume id ticket");
        if (role.equals("server")) {
            System.out.println("= can.renegotiation required");
        }
        System.out.println("= can.secrets no");
    }

    // What JSSE is to enable, in its words; null: what it enables by itself.  The
    // SSLv2 form goes with versions below TLS 1.3 only, for a client.
    String[] protocols(String min, String max) throws Exception {
        boolean form = has("--sslv2hello");
        List<String> names = new ArrayList<>();
        if (min == null && max == null && !form) {
            return null;
        }
        int low = min == null ? 0 : VERSIONS.indexOf(min);
        int high = max == null ? 3 : VERSIONS.indexOf(max);
        List<String> usual = List.of(((SSLSocket) SSLContext.getDefault()
            .getSocketFactory().createSocket()).getEnabledProtocols());
        for (int i = low; i <= high; i++) {
            String name = i == 0 ? "TLSv1" : "TLSv" + VERSIONS.get(i);
            boolean natural = min != null || max != null || usual.contains(name);
            if (natural && !(form && role.equals("client") && i == 3)) {
                names.add(name);
            }
        }
        if (form && !names.isEmpty()) {
            names.add("SSLv2Hello");
        }
        return names.toArray(new String[0]);
    }

    private static Iterable<? extends Certificate> certificates(String file) throws Exception {
        try (InputStream in = new FileInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static PrivateKey key(String file) throws Exception {
        String pem = Files.readString(Path.of(file), StandardCharsets.US_ASCII);
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (java.security.spec.InvalidKeySpecException other) {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        }
    }

    // A new one knows no session, and what it made is forgotten with it.
    SSLContext context() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return context;
    }

    // Read once: to make a key store and its managers takes longer than a session.
    // JKS, because the default type encrypts what it is given, at length.
    private void read() throws Exception {
        if (has("--cert")) {
            KeyStore own = KeyStore.getInstance("JKS");
            own.load(null, null);
            List<Certificate> chain = new ArrayList<>();
            certificates(text("--cert")).forEach(chain::add);
            own.setKeyEntry("own", key(text("--key")), new char[0],
                chain.toArray(new Certificate[0]));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(own, new char[0]);
            keys = factory.getKeyManagers();
        }
        if (has("--ca")) {
            KeyStore authorities = KeyStore.getInstance("JKS");
            authorities.load(null, null);
            int n = 0;
            for (Certificate one : certificates(text("--ca"))) {
                authorities.setCertificateEntry("authority" + n++, one);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities);
            trust = factory.getTrustManagers();
        }
    }

    private static final class Unchecked extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type,
            java.net.Socket socket) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type,
            java.net.Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type,
            javax.net.ssl.SSLEngine engine) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type,
            javax.net.ssl.SSLEngine engine) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
