// Wire - a socket with a tap, a deadline a phase, and one place that knows why the
// stream ended.  JSSE is handed the socket itself, and so uses the tap.

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

final class Wire extends Socket {
    String layer = "smtp";
    String end = ""; // why the stream ended, with the phase; "" it has not
    final Octets sent = new Octets();
    final Octets received = new Octets();
    private char side;
    private Flow flow;
    private int deadline;
    private String phase = "connect";
    private long until;

    void begin(char side, Flow flow, int deadline) throws IOException {
        this.side = side;
        this.flow = flow;
        this.deadline = deadline;
        setTcpNoDelay(true);
        flow.fact("connection.local", "127.0.0.1:" + getLocalPort());
        flow.fact("connection.remote", "127.0.0.1:" + getPort());
    }

    void phase(String name) {
        phase = name;
        until = System.nanoTime() / 1000000 + deadline;
    }

    private IOException ended(String why, String words) {
        if (end.isEmpty()) {
            end = why + "(" + phase + ")";
        }
        return new IOException(words);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream from = super.getInputStream();
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) == 1 ? one[0] & 0xff : -1;
            }

            @Override
            public int read(byte[] octets, int at, int length) throws IOException {
                long left = until - System.nanoTime() / 1000000;
                int n;
                try {
                    setSoTimeout((int) Math.max(1, left));
                    n = from.read(octets, at, length);
                } catch (SocketTimeoutException late) {
                    throw ended("hang", "no octets in time");
                } catch (IOException broken) {
                    throw ended("reset", broken.getMessage());
                }
                if (n < 0) {
                    ended("eof", "");
                } else {
                    received.add(octets, at, n);
                    flow.turn(side == 'C' ? 'S' : 'C', layer, octets, at, n, true);
                }
                return n;
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int at, int length) throws IOException {
                try {
                    out.write(octets, at, length);
                } catch (IOException broken) {
                    throw ended("reset", broken.getMessage());
                }
                sent.add(octets, at, length);
                flow.turn(side, layer, octets, at, length, false);
            }

            // JSSE closes what it is given at its own end; we do it at ours.
            @Override
            public void close() {
            }
        };
    }

    // trouble: what was wrong with the protocol; "" nothing.
    void tell(String stage, String trouble) {
        String good = end.isEmpty() || stage.equals("close") ? "closed" : end;
        flow.fact("end", trouble.isEmpty() ? good : "protocol(" + phase + ": " + trouble + ")");
        flow.fact("wire.sent", sent.count + " " + sent.value());
        flow.fact("wire.received", received.count + " " + received.value());
    }
}
