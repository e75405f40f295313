package org.entente.gateway.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a leader, as far as copies and keys matter: it keeps messages that a key opens,
 * delivers them, and recalls keys. Like the gateway's it has read its state at the opening, and
 * relies on it. Each batch names the hash over all before it, so it shows if it is applied to
 * another state than that from which it was computed.
 */
final class SimLedger {
  /** Where the hash over all batches is. */
  static final byte[] CHAIN = {0};

  /** Where the hash is from which the last batch was computed. */
  private static final byte[] BEFORE = {1};

  private static final byte MESSAGE = 2;

  private static final byte RECALL = 3;
  private static final long KEY_EVERY_NANOS = Duration.ofSeconds(2).toNanos();

  private final ClusterSimulation world;
  private final SimProcess process;
  private final Store store;
  private final long term;
  private final Keystore keystore;

  /** Messages, and the key and its hash that each names. */
  private final Map<Long, String> messages = new TreeMap<>();

  private byte[] chain;
  private boolean failed;

  /** Opens it, and requires what was acknowledged to be in it. */
  SimLedger(ClusterSimulation world, SimProcess process, Store store, long term) {
    this.world = world;
    this.process = process;
    this.store = store;
    this.term = term;
    this.keystore = process.keys().keystore();
    this.chain = read(CHAIN);
    messages.putAll(messagesOf(store));
    requireAcknowledged(store);
    requireKeys();
    world.truth().happened("a ledger opens");
  }

  private byte[] read(byte[] key) {
    byte[] value = store.get(Table.INBOX, key);
    return value == null ? new byte[0] : value;
  }

  static Map<Long, String> messagesOf(Store store) {
    Map<Long, String> found = new TreeMap<>();
    byte[] from = {MESSAGE};
    byte[] to = {MESSAGE + 1};
    try (Scan scan = store.scan(Table.INBOX, from, to)) {
      while (scan.hasNext()) {
        scan.next();
        found.put(
            ByteBuffer.wrap(scan.key(), 1, Long.BYTES).getLong(),
            new String(scan.value(), US_ASCII));
      }
    }
    return found;
  }

  /** What clients were told is in a copy. */
  void requireAcknowledged(Store copy) {
    Map<Long, String> there = messagesOf(copy);
    for (long message : world.truth().messages()) {
      if (!there.containsKey(message)) {
        throw new AssertionError("acknowledged message " + message + " is lost in term " + term);
      }
    }
    for (String key : world.truth().recalled()) {
      if (copy.get(Table.INBOX, recallKey(key)) == null) {
        throw new AssertionError("the acknowledged recall of " + key + " is lost in term " + term);
      }
    }
  }

  /** Every key that the ledger names and has not recalled is here, with its secret. */
  private void requireKeys() {
    messages.forEach(this::requireKey);
  }

  private void requireKey(long message, String named) {
    String name = named.substring(0, named.indexOf(' '));
    if (!isRecalled(name) && !keyAndHash(name).equals(Optional.of(named))) {
      throw new AssertionError(
          "the leader of term %d has not the key %s that message %d names"
              .formatted(term, name, message));
    }
  }

  private Optional<String> keyAndHash(String name) {
    try (KeyEntry key = keystore.get(KeyKind.OUTBOX, name).orElse(null)) {
      return Optional.ofNullable(key)
          .map(it -> name + " " + HexFormat.of().formatHex(it.secret().use(Sha256::hash)));
    }
  }

  private boolean isRecalled(String name) {
    return store.get(Table.INBOX, recallKey(name)) != null;
  }

  private static byte[] recallKey(String name) {
    byte[] key = new byte[1 + name.length()];
    key[0] = RECALL;
    System.arraycopy(name.getBytes(US_ASCII), 0, key, 1, name.length());
    return key;
  }

  private static byte[] messageKey(long message) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(MESSAGE).putLong(message).array();
  }

  /** Something that a client or a timer asks for. */
  void operate() {
    if (failed) {
      return;
    }
    if (!Arrays.equals(chain, read(CHAIN))) {
      throw new AssertionError("the ledger of term " + term + " changed behind its leader's back");
    }
    int dice = process.random().nextInt(100);
    if (dice < 80) {
      publish();
    } else if (dice < 92) {
      recall();
    } else {
      destroy();
    }
  }

  private void publish() {
    currentKey()
        .ifPresent(
            named -> {
              long message = world.nextMessage();
              if (commit(messageKey(message), named.getBytes(US_ASCII))) {
                messages.put(message, named);
                world.truth().acknowledged(message);
              }
            });
  }

  /** The key of today, made if there is none. A name is not used again once it was recalled. */
  private Optional<String> currentKey() {
    long day = process.now() / KEY_EVERY_NANOS;
    int part = 0;
    while (isRecalled("day-" + day + "." + part)) {
      part++;
    }
    String name = "day-" + day + "." + part;
    Optional<String> there = keyAndHash(name);
    if (there.isPresent()) {
      return there;
    }
    byte[] secret = new byte[KeyEntry.LEAST_SECRET_BYTES];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) process.random().nextInt();
    }
    try (KeyEntry key =
        new KeyEntry(
            KeyKind.OUTBOX, name, keystore.now(), KeyEntry.NEVER, SecretBytes.takeOver(secret))) {
      keystore.put(key);
    } catch (KeystoreFailure e) {
      world.truth().happened("a key was refused");
      return Optional.empty();
    }
    return keyAndHash(name);
  }

  /**
   * Content goes out only while no other node may serve; also while a commit is on its way. A node
   * that may deliver knows of every recall that was acknowledged.
   */
  void deliver() {
    Long message = any();
    if (message == null || !store.isCurrent()) {
      return;
    }
    for (String name : world.truth().recalled()) {
      if (!isRecalled(name)) {
        throw new AssertionError("term " + term + " delivers what " + name + " opens, recalled");
      }
    }
    requireKey(message, messages.getOrDefault(message, ""));
    world.truth().happened("a message was delivered");
  }

  private @Nullable Long any() {
    return messages.keySet().stream()
        .skip(process.random().nextInt(Math.max(1, messages.size())))
        .findFirst()
        .orElse(null);
  }

  private void recall() {
    Long message = any();
    if (message == null) {
      return;
    }
    String named = messages.getOrDefault(message, "");
    String name = named.substring(0, named.indexOf(' '));
    if (!isRecalled(name) && commit(recallKey(name), new byte[] {1})) {
      world.truth().recalled(name);
      destroy(name);
    }
  }

  /** Destroys what was recalled, and is still here or elsewhere. */
  private void destroy() {
    Long message = any();
    if (message != null) {
      String named = messages.getOrDefault(message, "");
      String name = named.substring(0, named.indexOf(' '));
      if (isRecalled(name)) {
        destroy(name);
      }
    }
  }

  private void destroy(String name) {
    try {
      var unused = keystore.destroy(KeyKind.OUTBOX, name);
      if (keystore.unconfirmed().isEmpty()) {
        world.truth().happened("a key was destroyed everywhere");
        world.truth().destroyed(name);
        world.requireDestroyed();
      }
    } catch (KeystoreFailure e) {
      world.truth().happened("a destruction was refused");
    }
  }

  private boolean commit(byte[] key, byte[] value) {
    byte[] next = Sha256.hash(chain, key);
    Batch batch =
        new Batch()
            .put(Table.INBOX, key, value)
            .put(Table.INBOX, BEFORE, chain)
            .put(Table.INBOX, CHAIN, next);
    try {
      store.commit(batch, Durability.SYNCED);
    } catch (StoreFailure e) {
      world.truth().happened("a commit failed");
      failed = true;
      return false;
    }
    chain = next;
    return true;
  }

  /** The hash from which the batch was computed that was applied last. */
  static byte[] before(Store copy) {
    byte[] value = copy.get(Table.INBOX, BEFORE);
    return value == null ? new byte[0] : value;
  }
}
