package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;

/**
 * This node's keystore, as the leader of its cluster changes it. The state that it is in lies in a
 * file; a crash between a change and this file leaves keys of a later state than the file says,
 * which no leader has been told of. Safe for many threads: the keystore is the lock.
 *
 * <p>The file lies among the keys, so that it is lost and restored with them: a node that said that
 * it has the newest keys, and has none, would have others destroy theirs. For the same reason the
 * file counts only beside the keys that every gateway has.
 *
 * <p>A second file, on another disk, says which state the keys were in. If they are behind it, they
 * were lost, or an old copy was restored ({@link KeyTag#LOST}).
 *
 * <p>A third file, among the keys, says which keystore this is, and which others were given keys
 * ({@link KeystoreRegister}).
 */
final class NodeKeys implements KeyNode {
  /** Bytes of secrets after which an answer or a change ends; one key may have more. */
  static final int MESSAGE_BYTES = 8 << 20;

  private static final byte[] PRINT = "entente/v1 key print".getBytes(StandardCharsets.US_ASCII);

  /** Name of the file, in the folder of the keystore. */
  static final String FILE = "cluster-state";

  private final Keystore keystore;
  private final Path file;
  private final Path mark;
  private final long run;

  /** Of keys that did not change since: some secrets are large, and lie in files of their own. */
  private final Map<KeyDescription, Print> prints = new HashMap<>();

  private KeyTag tag;
  private KeyTag once;
  private long term;
  private long lastCall;

  /** Read without the lock: calls of a leader to others must not wait for a change under way. */
  private volatile KeystoreRegister register;

  /**
   * The keys of a node.
   *
   * @param machine its name
   * @param mark the file that outlives the keystore
   * @param run of {@link KeyNode#newRun}
   */
  NodeKeys(String machine, Keystore keystore, Path mark, long run) throws IOException {
    this.keystore = keystore;
    this.file = keystore.folder().resolve(FILE);
    this.mark = mark;
    this.run = run;
    this.tag = KeyTag.read(file);
    this.once = KeyTag.read(mark);
    this.term = Math.max(tag.term(), once.term());
    this.register = KeystoreRegister.make(new MachineKeystore(machine, run), once, List.of());
    Optional<KeystoreRegister> found = KeystoreRegister.read(keystore.folder());
    found.ifPresent(one -> requireOf(machine, one));
    if (found.isPresent() && !isAnother(found.get(), machine)) {
      this.register = found.get();
    } else {
      this.register = register.with(found.map(KeystoreRegister::known).orElse(List.of()));
      register.keep(keystore.folder());
    }
  }

  /** Otherwise the present keystore would count as one that must be destroyed. */
  private static void requireOf(String machine, KeystoreRegister found) {
    if (!found.machine().equals(machine) && found.known().contains(found.self())) {
      throw new StoreFailure(
          Kind.OTHER_FORMAT,
          ("keystore: it is that of the machine %s, and cluster.node is %s: correct cluster.node; or,"
                  + " if the keystore is a copy of that machine's, empty it")
              .formatted(found.machine(), machine),
          null);
    }
  }

  /** Keys that were lost, or a copy of some: the disk that had them may still exist. */
  private boolean isAnother(KeystoreRegister found, String machine) {
    return !found.machine().equals(machine) || (tag().equals(KeyTag.LOST) && !found.isMadeAt(once));
  }

  Keystore keystore() {
    return keystore;
  }

  /** The state that this node's keys are in. */
  KeyTag tag() {
    synchronized (keystore) {
      KeyTag held = lacksKeys() ? KeyTag.START : tag;
      return held.compareTo(once) < 0 ? KeyTag.LOST : held;
    }
  }

  /** Whether keys are missing that every gateway has. */
  boolean lacksKeys() {
    Set<KeyKind> missing = EnumSet.of(KeyKind.AGENCY_PAIR, KeyKind.AUDIT_SIGNING);
    keystore.describe().forEach(key -> missing.remove(key.kind()));
    return !missing.isEmpty();
  }

  /** Whether a leader has ever brought these keys to a state. */
  boolean hadLeader() {
    synchronized (keystore) {
      return !tag.equals(KeyTag.START) || !once.equals(KeyTag.START);
    }
  }

  /** This node's keystore, by which others know it. */
  MachineKeystore self() {
    return register.self();
  }

  /** Keystores that were given keys of the cluster, as this node knows, in order. */
  List<MachineKeystore> known() {
    return register.known();
  }

  /** Notes, durably, that keystores are given keys of the cluster, or were. */
  void learn(Collection<MachineKeystore> more) throws IOException {
    if (register.known().containsAll(more)) {
      return;
    }
    synchronized (keystore) {
      KeystoreRegister next = register.with(more);
      next.keep(keystore.folder());
      register = next;
    }
  }

  private Held held() {
    return new Held(tag(), run);
  }

  /**
   * Notes the state that this node's keys are in, durably.
   *
   * @throws IOException also if the leader of a later term has asked
   */
  void keep(KeyTag next) throws IOException {
    synchronized (keystore) {
      follow(next.term());
      next.keep(file);
      tag = next;
      // Last: ahead of the keys, it would make them count as lost.
      next.keep(mark);
      once = next;
    }
  }

  @Override
  public State state(long asked) throws IOException {
    synchronized (keystore) {
      follow(asked);
      List<KeyDescription> held = keystore.describe();
      prints.keySet().retainAll(Set.copyOf(held));
      return new State(
          tag(),
          held.stream().map(key -> prints.computeIfAbsent(key, this::print)).toList(),
          register.self().id(),
          register.known());
    }
  }

  /** Refuses calls of earlier leaders from now on. */
  private void follow(long asked) throws IOException {
    if (asked < term) {
      throw new IOException("term " + asked + " is over: this node is in term " + term);
    }
    if (asked > term) {
      term = asked;
      lastCall = 0;
    }
  }

  /**
   * Changes keys of this node, which leads in a term.
   *
   * @throws IOException if the leader of a later term has asked
   */
  void follow(long asked, List<KeyEntry> put, List<KeyDescription> gone) throws IOException {
    synchronized (keystore) {
      follow(asked);
      forgetPrints(put);
      keystore.follow(put, gone);
    }
  }

  private Print print(KeyDescription key) {
    try (KeyEntry entry = keystore.getUndestroyed(key.kind(), key.id()).orElseThrow()) {
      byte[] hash = entry.secret().use(secret -> Sha256.hash(PRINT, secret));
      return new Print(key, HexFormat.of().formatHex(hash));
    }
  }

  /** Some keys are about to change, under the lock of the keystore. */
  void forgetPrints(List<KeyEntry> put) {
    prints
        .keySet()
        .removeIf(
            key -> put.stream().anyMatch(a -> a.kind() == key.kind() && a.id().equals(key.id())));
  }

  @Override
  public List<KeyEntry> fetch(long asked, List<KeyDescription> names) throws IOException {
    List<KeyEntry> found = new ArrayList<>();
    int bytes = 0;
    synchronized (keystore) {
      follow(asked);
      for (KeyDescription name : names) {
        Optional<KeyEntry> key = keystore.getUndestroyed(name.kind(), name.id());
        bytes += key.map(it -> it.secret().length()).orElse(0);
        key.ifPresent(found::add);
        if (bytes >= MESSAGE_BYTES) {
          break;
        }
      }
    }
    return found;
  }

  @Override
  public Held change(Change change) throws IOException {
    synchronized (keystore) {
      follow(change.term());
      if (change.call() <= lastCall) {
        throw new IOException("call " + change.call() + " came after call " + lastCall);
      }
      lastCall = change.call();
      learn(change.known());
      if (change.before() != null && !held().equals(change.before())) {
        return held();
      }
      forgetPrints(change.put());
      keystore.follow(change.put(), change.gone());
      if (change.after() != null) {
        keep(change.after());
      }
      return held();
    }
  }
}
