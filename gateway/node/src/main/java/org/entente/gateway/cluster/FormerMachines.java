package org.entente.gateway.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyMirror;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * Machines that have had keys of a cluster, as its ledger names them. A machine is named before it
 * gets keys, and before it leaves: one that is not in the cluster, but named here, may have keys
 * that the cluster has destroyed, until two persons attest that its keystore is destroyed.
 *
 * <p>An entry of {@link Table#META}: {@code cluster/machine} and the name; the {@link Step}.
 */
public final class FormerMachines {
  private static final String NAME = "cluster/machine";

  /** What a machine did last. */
  public enum Step {
    /** It is given keys. */
    JOINS,
    /** Another one takes its place. */
    LEAVES,
    /** It has left, and its keystore is attested as destroyed. */
    DESTROYED
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

  /** Those that may have keys, by name. */
  public static List<String> withKeys(Store store) {
    return named(store, false);
  }

  /** Those whose keystores are attested as destroyed, by name. */
  public static List<String> destroyed(Store store) {
    return named(store, true);
  }

  private static List<String> named(Store store, boolean destroyed) {
    return of(store).entrySet().stream()
        .filter(one -> (one.getValue() == Step.DESTROYED) == destroyed)
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The mirror of the keystore of a machine alone: whatever the ledger's other machines have, none
   * can be asked.
   *
   * @param wasNode whether this machine is one of those that the ledger names; it cannot say which
   */
  public static KeyMirror ofMachineAlone(Store store, boolean wasNode) {
    return new KeyMirror() {
      @Override
      public void change(List<KeyEntry> put, List<KeyDescription> gone) {
        // Nobody follows.
      }

      @Override
      public void changed() {
        // Nobody follows.
      }

      @Override
      public List<String> unconfirmed() {
        List<String> left = withKeys(store);
        return left.size() > (wasNode ? 1 : 0) ? left : List.of();
      }
    };
  }
}
