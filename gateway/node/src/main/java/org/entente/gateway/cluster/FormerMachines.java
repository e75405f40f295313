package org.entente.gateway.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * Machines that joined a cluster or left it since it began, as its ledger names them. A machine is
 * named before it gets keys, and before it leaves: one that is not in the cluster, but named here,
 * may have keys that the cluster has destroyed.
 *
 * <p>An entry of {@link Table#META}: {@code cluster/machine} and the name; {@code joins} or {@code
 * leaves}.
 */
public final class FormerMachines {
  private static final String NAME = "cluster/machine";

  /** What a machine did last. */
  public enum Step {
    /** It is given keys, to take the place of another. */
    JOINS,
    /** Another one takes its place. */
    LEAVES
  }

  private FormerMachines() {}

  /** The key of a machine's entry. */
  public static byte[] key(String machine) {
    return KeyBuilder.key().ascii(NAME).ascii(machine).done();
  }

  /** The value of an entry. */
  public static byte[] value(Step step) {
    return step.name().getBytes(StandardCharsets.US_ASCII);
  }

  /** All entries, by name. */
  public static Map<String, Step> of(Store store) {
    Map<String, Step> machines = new TreeMap<>();
    byte[] prefix = KeyBuilder.key().ascii(NAME).done();
    try (Scan scan = store.scan(Table.META, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.ascii();
        Step step = Step.valueOf(new String(scan.value(), StandardCharsets.US_ASCII));
        machines.put(key.ascii(), step);
      }
    }
    return machines;
  }
}
