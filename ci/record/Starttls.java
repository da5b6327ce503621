// Starttls.java - says a ClientHello after STARTTLS with JSSE.
//
//     java -Djava.security.properties=allow.security Starttls.java HOST PORT [PROTOCOL,...]
//
// With SSLv2Hello among the protocols, and without TLSv1.3, it takes the SSLv2 form.

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

public final class Starttls {
    private static void reply(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = in.read()) != -1; ) {
            if (c != '\n') {
                line.append((char) c);
            } else if (line.length() > 3 && line.charAt(3) == '-') {
                line.setLength(0);
            } else {
                return;
            }
        }
        throw new IOException("the server went away");
    }

    private static void say(Socket socket, String command) throws IOException {
        socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
        reply(socket.getInputStream());
    }

    public static void main(String[] words) throws Exception {
        String host = words[0];
        int port = Integer.parseInt(words[1]);
        try (Socket socket = new Socket(host, port)) {
            reply(socket.getInputStream());
            say(socket, "EHLO client.example\r\n");
            say(socket, "STARTTLS\r\n");
            SSLSocket tls = (SSLSocket) SSLContext.getDefault().getSocketFactory()
                .createSocket(socket, "mx.example", port, true);
            if (words.length > 2) {
                tls.setEnabledProtocols(words[2].split(","));
            }
            tls.startHandshake();
        } catch (IOException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
