package org.entente.gateway.cluster;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * Which cluster a ledger belongs to, if it was first that of a machine alone. Drawn at random, so
 * that two clusters that begin with copies of one ledger refuse each other. A cluster that began
 * with empty machines has none.
 *
 * <p>An entry of {@link Table#META}: {@code cluster/id}; the id and the first machine. The log's
 * folder and Raft's group have their name from it.
 *
 * @param id 32 hexadecimal digits
 * @param first the machine whose ledger it was: the only one that may begin the cluster's log
 */
record ClusterId(String id, String first) {
  private static final int BYTES = 16;
  private static final byte[] KEY = KeyBuilder.key().ascii("cluster/id").done();

  /** That of a cluster which is about to begin. */
  static ClusterId random(SecureRandom random, String first) {
    byte[] id = new byte[BYTES];
    random.nextBytes(id);
    return new ClusterId(HexFormat.of().formatHex(id), first);
  }

  /** The one that a ledger has. */
  static Optional<ClusterId> of(Store ledger) {
    return Optional.ofNullable(ledger.get(Table.META, KEY)).map(ClusterId::decode);
  }

  private static ClusterId decode(byte[] value) {
    KeyReader in = KeyReader.of(value);
    ClusterId id = new ClusterId(in.ascii(), in.ascii());
    in.end();
    return id;
  }

  /** A change that gives it to a ledger. */
  Batch put() {
    return new Batch().put(Table.META, KEY, KeyBuilder.key().ascii(id).ascii(first).done());
  }

  /** A change that takes it from a ledger. */
  static Batch remove() {
    return new Batch().delete(Table.META, KEY);
  }
}
