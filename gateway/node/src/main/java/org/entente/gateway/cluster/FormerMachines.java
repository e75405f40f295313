package org.entente.gateway.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
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
 * <p>Entries of {@link Table#META}: {@code cluster/machine} and the name; the {@link Step}. And for
 * each keystore that is attested, {@code cluster/keystore} and its number; the name of its machine.
 * Which keystores there were, the keystores know ({@link KeystoreRegister}).
 */
public final class FormerMachines {
  private static final String NAME = "cluster/machine";
  private static final String KEYSTORE = "cluster/keystore";

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
    return named(of(store), false).toList();
  }

  /** Those of which a keystore is attested as destroyed, by name. */
  public static List<String> destroyed(Store store) {
    return Stream.concat(
            named(of(store), true),
            destroyedKeystores(store).stream().map(MachineKeystore::machine))
        .distinct()
        .sorted()
        .toList();
  }

  private static Stream<String> named(Map<String, Step> machines, boolean destroyed) {
    return machines.entrySet().stream()
        .filter(one -> (one.getValue() == Step.DESTROYED) == destroyed)
        .map(Map.Entry::getKey);
  }

  /** The key of the entry of a keystore that is attested as destroyed; the value is its machine. */
  public static byte[] key(MachineKeystore keystore) {
    return KeyBuilder.key().ascii(KEYSTORE).u64(keystore.id()).done();
  }

  /** Keystores that are attested as destroyed. */
  public static Set<MachineKeystore> destroyedKeystores(Store store) {
    Set<MachineKeystore> keystores = new HashSet<>();
    byte[] prefix = KeyBuilder.key().ascii(KEYSTORE).done();
    try (Scan scan = store.scan(Table.META, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.ascii();
        String machine = new String(scan.value(), StandardCharsets.US_ASCII);
        keystores.add(new MachineKeystore(machine, key.u64()));
      }
    }
    return keystores;
  }

  /**
   * Machines that may have keys, by name, and cannot be asked.
   *
   * @param members machines that can be asked
   * @param former keystores that no member has now
   */
  static List<String> outside(
      Store store, Collection<String> members, Collection<MachineKeystore> former) {
    Set<MachineKeystore> destroyed = destroyedKeystores(store);
    return outside(
        of(store), members, former.stream().filter(one -> !destroyed.contains(one)).toList());
  }

  /**
   * The same of what was read before.
   *
   * @param former those that are not attested as destroyed
   */
  public static List<String> outside(
      Map<String, Step> machines, Collection<String> members, Collection<MachineKeystore> former) {
    return Stream.concat(
            named(machines, false).filter(one -> !members.contains(one)),
            former.stream().map(MachineKeystore::machine))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * The mirror of the keystore of a machine alone: whatever the ledger's other machines have, and
   * those of which the keystore knows, none can be asked.
   *
   * @param own empty if this machine is none of them
   */
  public static KeyMirror ofMachineAlone(Store store, Optional<KeystoreRegister> own) {
    List<String> self = own.map(KeystoreRegister::machine).stream().toList();
    List<MachineKeystore> others = own.map(KeystoreRegister::others).orElse(List.of());
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
        return outside(store, self, others);
      }
    };
  }
}
