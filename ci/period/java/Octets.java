// Octets - the digest of this suite: FNV-1a of 64 bits, with the count.

final class Octets {
    long count;
    private long digest = 0xcbf29ce484222325L;

    void add(byte[] octets, int from, int n) {
        for (int i = from; i < from + n; i++) {
            digest = (digest ^ (octets[i] & 0xff)) * 0x100000001b3L;
        }
        count += n;
    }

    String value() {
        return String.format("%016x", digest);
    }
}
