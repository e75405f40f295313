package org.entente.gateway.node.keys;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.retention.RetentionKeys;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.RecipientKeyHolder;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.transmit.OutboxKeys;

/**
 * Provides the node's stages with the secret keys of its {@link Keystore}. Safe for many threads.
 */
public final class KeyProvider implements AutoCloseable {
  private static final String OUTBOX = "outbox-";
  private static final String BUCKET = "bucket-";
  private static final int KEY_BYTES = 32;

  /** For how long a cluster makes keys before they are needed, as it may be unable to make any. */
  private static final Duration AHEAD = Duration.ofDays(7);

  private static final byte[] RECORDS =
      "entente/v1 record authentication".getBytes(StandardCharsets.US_ASCII);

  /** Bytes of bucket keys after which one change of the keystore ends. */
  private static final int BYTES_OF_A_CHANGE = 1 << 20;

  /** Parts of one bucket in one change, of 2 MB each at most. */
  private static final int PARTS_AT_ONCE = 4;

  private final Keystore keystore;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Supplier<List<String>> attested;
  private final Map<LocalDate, BucketKey> buckets = new ConcurrentHashMap<>();
  private final Map<String, SecretBytes> outbox = new ConcurrentHashMap<>();

  /** Days for which messages are kept, each with the day on which one was last. */
  private final Map<Long, LocalDate> keptDays = new ConcurrentHashMap<>();

  /** The keys of a machine alone. */
  public KeyProvider(Keystore keystore, InstantSource clock, SecureRandom random) {
    this(keystore, clock, random, List::of);
  }

  /**
   * Provides keys.
   *
   * @param attested former machines whose keystores are attested as destroyed
   */
  public KeyProvider(
      Keystore keystore,
      InstantSource clock,
      SecureRandom random,
      Supplier<List<String>> attested) {
    this.keystore = keystore;
    this.clock = clock;
    this.random = random;
    this.attested = attested;
  }

  /**
   * Wipes the secrets that it has in memory: in a cluster, the keystore outlasts the node, and
   * other machines destroy keys meanwhile. The keystore tells time by this one's clock again.
   */
  @Override
  public void close() {
    keystore.tellTimeBy(clock);
    buckets.values().forEach(BucketKey::close);
    buckets.clear();
    outbox.values().forEach(SecretBytes::close);
    outbox.clear();
  }

  /**
   * For how long keys are made before they are needed: seven days in a cluster, where other
   * machines must have a key before it is used; else none are.
   */
  Duration ahead() {
    return keystore.isMirrored() ? AHEAD : Duration.ZERO;
  }

  /**
   * Makes the outbox keys of the days ahead, and the storage keys of messages that will be kept as
   * long as those of late. Does nothing on a machine alone.
   *
   * @throws org.entente.gateway.seal.keys.KeystoreFailure if one cannot be made
   */
  public void makeAhead() {
    LocalDate today = today();
    // A day after today is of a clock that was ahead.
    keptDays
        .values()
        .removeIf(last -> last.isBefore(today.minusDays(AHEAD.toDays())) || last.isAfter(today));
    for (long day = 1; day <= ahead().toDays(); day++) {
      LocalDate next = today.plusDays(day);
      outbox.computeIfAbsent(OUTBOX + next, this::outboxKey);
      for (long kept : keptDays.keySet()) {
        buckets.computeIfAbsent(next.plusDays(kept), this::bucketKey);
      }
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /** The agency's signing pairs. */
  public SigningPairSet agencyPairs() {
    return new SigningPairSet(keystore, KeyKind.AGENCY_PAIR, clock, random);
  }

  /**
   * The gateway's signing key, which signs envelopes and statements; made at the first start, as
   * the agency pair vouches for it in the key bundle.
   */
  Ed25519SigningKey gatewayKey() {
    if (keystore.list(KeyKind.GATEWAY_SIGNING).isEmpty()) {
      byte[] seed = Ed25519SigningKey.generate(random).seed();
      keep(KeyKind.GATEWAY_SIGNING, "gateway", KeyEntry.NEVER, SecretBytes.takeOver(seed));
    }
    return newest(KeyKind.GATEWAY_SIGNING).use(Ed25519SigningKey::fromSeed);
  }

  /** The pairs that sign audit checkpoints. */
  public SigningPairSet auditPairs() {
    return new SigningPairSet(keystore, KeyKind.AUDIT_SIGNING, clock, random);
  }

  /** The key for fingerprints of drafts, made at the first start. */
  public SecretBytes draftFingerprintKey() {
    return find(KeyKind.DRAFT_FINGERPRINT, "drafts")
        .orElseGet(
            () ->
                keep(
                    KeyKind.DRAFT_FINGERPRINT,
                    "drafts",
                    KeyEntry.NEVER,
                    SecretBytes.random(random, KEY_BYTES)));
  }

  /** The names of clients, cursors and idempotency keys at rest; their key is made at first use. */
  public StoredNames storedNames() {
    try (SecretBytes key = namesKey(records -> {})) {
      return StoredNames.of(key, random);
    }
  }

  /** The key that authenticates the ledger's records; it follows from that of the names. */
  public SecretBytes recordKey() {
    return recordKey(records -> {});
  }

  /**
   * The same.
   *
   * @param atFirst what to do with a new key before it is kept: records of the ledger are under one
   *     that is lost
   */
  public SecretBytes recordKey(Consumer<SecretBytes> atFirst) {
    try (SecretBytes key = namesKey(atFirst)) {
      return recordKey(key);
    }
  }

  private static SecretBytes recordKey(SecretBytes names) {
    return SecretBytes.takeOver(names.use(bytes -> Hkdf.expandSha256(bytes, RECORDS, KEY_BYTES)));
  }

  private SecretBytes namesKey(Consumer<SecretBytes> atFirst) {
    Optional<SecretBytes> found = find(KeyKind.NAMES, "names");
    if (found.isPresent()) {
      return found.get();
    }
    SecretBytes key = SecretBytes.random(random, KEY_BYTES);
    try (SecretBytes records = recordKey(key)) {
      atFirst.accept(records);
    }
    return keep(KeyKind.NAMES, "names", KeyEntry.NEVER, key);
  }

  /** The outbox keys: another each day (UTC), destroyed by {@link #destroyOutboxKeys}. */
  public OutboxKeys outboxKeys() {
    return new OutboxKeys() {
      @Override
      public NamedKey current() {
        String id = OUTBOX + today();
        return new NamedKey(id, outbox.computeIfAbsent(id, KeyProvider.this::outboxKey));
      }

      @Override
      public Optional<SecretBytes> find(String id) {
        SecretBytes known = outbox.get(id);
        if (known != null) {
          return Optional.of(known);
        }
        Optional<SecretBytes> found = KeyProvider.this.find(KeyKind.OUTBOX, id);
        found.ifPresent(key -> outbox.putIfAbsent(id, key));
        return found;
      }
    };
  }

  private SecretBytes outboxKey(String id) {
    return find(KeyKind.OUTBOX, id)
        .orElseGet(
            () -> keep(KeyKind.OUTBOX, id, KeyEntry.NEVER, SecretBytes.random(random, KEY_BYTES)));
  }

  /**
   * Destroys the outbox keys that no message needs. Keeps those of the last two days in any case: a
   * message may be sealed under one and not committed yet. Keeps those of days to come, too.
   *
   * @return names of those destroyed
   */
  public List<String> destroyOutboxKeys(Set<String> inUse, Instant now) {
    Instant old = now.minus(Duration.ofDays(2));
    List<String> gone =
        keystore.list(KeyKind.OUTBOX).stream()
            .filter(entry -> sealedFrom(entry).isBefore(old) && !inUse.contains(entry.id()))
            .map(KeyEntry::id)
            .toList();
    for (String id : gone) {
      keystore.destroy(KeyKind.OUTBOX, id);
      SecretBytes cached = outbox.remove(id);
      if (cached != null) {
        cached.close();
      }
    }
    return gone;
  }

  /**
   * When something may have been sealed under an outbox key first. Its entry tells by the clock
   * that may be behind, its name by the machine's, which may have been ahead: a day beyond those
   * that {@link #makeAhead} makes keys for does not count.
   */
  private Instant sealedFrom(KeyEntry entry) {
    Instant day =
        LocalDate.parse(entry.id().substring(OUTBOX.length()))
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    boolean ahead = day.isAfter(clock.instant().plus(AHEAD));
    return ahead || entry.created().isAfter(day) ? entry.created() : day;
  }

  /**
   * Destroys what has expired at {@code now}, recipient keys and buckets alike.
   *
   * @return last days of the erased buckets
   */
  public synchronized List<LocalDate> expire(Instant now) {
    List<LocalDate> ended =
        keystore.expire(now).stream()
            .filter(erasure -> erasure.kind() == KeyKind.STORAGE)
            .map(erasure -> LocalDate.parse(erasure.id().substring(BUCKET.length())))
            .toList();
    for (LocalDate day : ended) {
      BucketKey cached = buckets.remove(day);
      if (cached != null) {
        cached.close();
      }
    }
    return ended;
  }

  /** Nodes of a cluster that may still have what was destroyed here. */
  public List<String> unconfirmed() {
    return keystore.unconfirmed();
  }

  /** Former nodes that cannot be asked, and whose keystores are attested as destroyed. */
  public List<String> attested() {
    return attested.get();
  }

  /** Why keys can be neither made nor destroyed; empty while they can. */
  public Optional<String> failure() {
    return keystore.failure().map(failed -> String.valueOf(failed.getMessage()));
  }

  /**
   * Tries again to write what a failure left unwritten; otherwise does nothing.
   *
   * @throws org.entente.gateway.seal.keys.KeystoreFailure if that fails still
   */
  public void mend() {
    keystore.mend();
  }

  /**
   * Whether the key of the bucket that ends on a day is nowhere in the keystore, expired or not.
   */
  public boolean lacksBucket(LocalDate lastDay) {
    return keystore.describe().stream()
        .noneMatch(key -> key.kind() == KeyKind.STORAGE && key.id().equals(bucket(lastDay)));
  }

  /** The storage keys of the buckets. */
  public StorageKeys storageKeys() {
    return new StorageKeys() {
      @Override
      public BucketKey forBucket(LocalDate lastDay) {
        LocalDate today = today();
        // While the clock is in doubt, what has ended by the machine's is still sealed.
        if (!lastDay.isBefore(today)) {
          keptDays.put(ChronoUnit.DAYS.between(today, lastDay), today);
        }
        return buckets.computeIfAbsent(lastDay, KeyProvider.this::bucketKey);
      }

      @Override
      public Optional<BucketKey> existing(LocalDate lastDay) {
        BucketKey known = buckets.get(lastDay);
        if (known != null) {
          return Optional.of(known);
        }
        return KeyProvider.this.find(KeyKind.STORAGE, bucket(lastDay)).map(s -> cached(lastDay, s));
      }

      @Override
      public Optional<BucketKey> held(MessageId message) {
        return KeyProvider.this.find(KeyKind.HOLD, message.toString()).map(KeyProvider::opened);
      }
    };
  }

  private BucketKey cached(LocalDate lastDay, SecretBytes secret) {
    BucketKey made = bucketKey(lastDay, secret);
    BucketKey before = buckets.putIfAbsent(lastDay, made);
    return before == null ? made : before;
  }

  private BucketKey bucketKey(LocalDate lastDay) {
    String id = bucket(lastDay);
    Instant ends = lastDay.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return bucketKey(
        lastDay,
        find(KeyKind.STORAGE, id)
            .orElseGet(
                () ->
                    keep(
                        KeyKind.STORAGE,
                        id,
                        ends,
                        SecretBytes.random(random, BucketKey.SECRET_BYTES))));
  }

  private BucketKey bucketKey(LocalDate lastDay, SecretBytes secret) {
    try (secret) {
      return BucketKey.of(
          secret,
          part ->
              keystore
                  .getUndestroyed(KeyKind.STORAGE_PART, part(lastDay, part))
                  .map(KeyEntry::secret));
    }
  }

  private static BucketKey opened(SecretBytes secret) {
    try (secret) {
      return BucketKey.of(secret);
    }
  }

  /** The key operations of retention. */
  public RetentionKeys retentionKeys() {
    return new RetentionKeys() {
      @Override
      public void forget(List<KeptMessage> messages) {
        KeyProvider.this.forget(messages);
      }

      @Override
      public BucketKey hold(MessageId message, long beganMs) {
        return holdKey(message, beganMs);
      }

      @Override
      public List<HoldKey> holds() {
        return keystore.describe().stream()
            .filter(key -> key.kind() == KeyKind.HOLD)
            .map(KeyProvider::holdKey)
            .toList();
      }

      @Override
      public void endHold(MessageId message, LocalDate lastDay) {
        KeyProvider.this.endHold(message, lastDay);
      }

      @Override
      public void destroyHold(MessageId message) {
        keystore.destroy(KeyKind.HOLD, message.toString());
      }

      @Override
      public int requireDestroyedEverywhere() {
        keystore.requireConfirmed();
        return attested.get().size();
      }
    };
  }

  private BucketKey holdKey(MessageId message, long beganMs) {
    // A change that failed may have left another state of this key on the disk.
    keystore.mend();
    Instant began = Instant.ofEpochMilli(beganMs);
    Optional<KeyEntry> held = keystore.getUndestroyed(KeyKind.HOLD, message.toString());
    boolean isInForce =
        held.filter(it -> it.expires().equals(KeyEntry.NEVER) && it.created().equals(began))
            .isPresent();
    SecretBytes secret =
        held.map(KeyEntry::secret)
            .orElseGet(() -> SecretBytes.random(random, BucketKey.SECRET_BYTES));
    try (KeyEntry next =
        new KeyEntry(KeyKind.HOLD, message.toString(), began, KeyEntry.NEVER, secret)) {
      if (!isInForce) {
        keystore.replace(List.of(next));
      }
      return BucketKey.of(secret);
    }
  }

  private static RetentionKeys.HoldKey holdKey(KeyDescription key) {
    LocalDate lastDay =
        key.expires().equals(KeyEntry.NEVER)
            ? null
            : LocalDate.ofInstant(key.expires().minusMillis(1), ZoneOffset.UTC);
    return new RetentionKeys.HoldKey(
        MessageId.parse(key.id()), key.created().toEpochMilli(), lastDay);
  }

  private void endHold(MessageId message, LocalDate lastDay) {
    Optional<KeyEntry> held = keystore.getUndestroyed(KeyKind.HOLD, message.toString());
    if (held.isEmpty()) {
      return;
    }
    try (KeyEntry now = held.get()) {
      Instant end = lastDay.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      // A clock that was ahead may have made the key after the day.
      Instant expires = end.isAfter(now.created()) ? end : now.created().plusMillis(1);
      if (!now.expires().equals(expires)) {
        keystore.replace(
            List.of(new KeyEntry(now.kind(), now.id(), now.created(), expires, now.secret())));
      }
    }
  }

  private synchronized void forget(List<RetentionKeys.KeptMessage> messages) {
    Map<LocalDate, SortedMap<Long, List<MessageLeaf>>> byDay = new TreeMap<>();
    for (RetentionKeys.KeptMessage message : messages) {
      MessageLeaf leaf = message.leaf();
      if (leaf != null) {
        byDay
            .computeIfAbsent(message.lastDay(), day -> new TreeMap<>())
            .computeIfAbsent(leaf.part(), part -> new ArrayList<>())
            .add(leaf);
      } else if (!lacksBucket(message.lastDay())) {
        throw new CorruptRecord("INBOX", null);
      }
    }
    Map<LocalDate, BucketKey.PuncturedState> next = new HashMap<>();
    try {
      byDay.forEach((day, parts) -> forget(day, List.copyOf(parts.values()), next));
      change(next);
    } finally {
      next.values().forEach(BucketKey.PuncturedState::close);
    }
    byDay.forEach(
        (day, parts) ->
            undestroyed(day)
                .ifPresent(
                    bucket -> parts.values().forEach(some -> requireForgotten(bucket, some))));
  }

  /**
   * Adds what a bucket forgets to the next change, after this has been made if it is large enough.
   * A change holds up all others that need the keystore, while it writes the states of its parts.
   */
  private void forget(
      LocalDate day, List<List<MessageLeaf>> parts, Map<LocalDate, BucketKey.PuncturedState> next) {
    for (int from = 0; from < parts.size(); from += PARTS_AT_ONCE) {
      List<MessageLeaf> leaves =
          parts.subList(from, Math.min(parts.size(), from + PARTS_AT_ONCE)).stream()
              .flatMap(List::stream)
              .toList();
      int bytes = next.values().stream().mapToInt(BucketKey.PuncturedState::length).sum();
      if (next.containsKey(day) || bytes >= BYTES_OF_A_CHANGE) {
        change(next);
      }
      undestroyed(day)
          .flatMap(bucket -> bucket.without(leaves))
          .ifPresent(punctured -> next.put(day, punctured));
    }
  }

  /** Stores what buckets forget, and only then forgets it in memory. */
  private void change(Map<LocalDate, BucketKey.PuncturedState> next) {
    store(next);
    next.forEach(
        (day, punctured) -> undestroyed(day).ifPresent(bucket -> bucket.forget(punctured)));
    next.values().forEach(BucketKey.PuncturedState::close);
    next.clear();
  }

  private void store(Map<LocalDate, BucketKey.PuncturedState> next) {
    List<KeyEntry> entries = new ArrayList<>();
    try {
      next.forEach((day, punctured) -> entries.addAll(entries(day, punctured)));
      keystore.replace(entries);
    } finally {
      entries.forEach(KeyEntry::close);
    }
  }

  private static void requireForgotten(BucketKey bucket, List<MessageLeaf> leaves) {
    if (leaves.stream().anyMatch(bucket::holds)) {
      throw new IllegalStateException("a bucket's key still holds a message that it forgot");
    }
  }

  /** What of a bucket's key is stored again; all of it ends with the bucket. */
  private List<KeyEntry> entries(LocalDate day, BucketKey.PuncturedState punctured) {
    List<KeyEntry> out = new ArrayList<>();
    try (KeyEntry before = keystore.getUndestroyed(KeyKind.STORAGE, bucket(day)).orElseThrow()) {
      SecretBytes secret = punctured.bucket();
      if (secret != null) {
        out.add(next(before, KeyKind.STORAGE, before.id(), secret));
      }
      punctured
          .parts()
          .forEach(
              (part, state) -> out.add(next(before, KeyKind.STORAGE_PART, part(day, part), state)));
    }
    return out;
  }

  private static KeyEntry next(KeyEntry bucket, KeyKind kind, String id, SecretBytes secret) {
    return new KeyEntry(
        kind, id, bucket.created(), bucket.expires(), SecretBytes.takeOver(secret.reveal()));
  }

  /**
   * The key of a bucket as long as the keystore holds it: while the clock is in doubt, also after
   * its last day.
   */
  private Optional<BucketKey> undestroyed(LocalDate day) {
    BucketKey known = buckets.get(day);
    return known != null
        ? Optional.of(known)
        : keystore
            .getUndestroyed(KeyKind.STORAGE, bucket(day))
            .map(entry -> cached(day, entry.secret()));
  }

  private static String part(LocalDate lastDay, long part) {
    return "%s/%012x".formatted(bucket(lastDay), part);
  }

  private static String bucket(LocalDate lastDay) {
    return BUCKET + lastDay;
  }

  /** The recipient keys, each under its key id; destroyed two days after it ends at the latest. */
  RecipientKeyHolder recipientKeys() {
    return new RecipientKeys();
  }

  private final class RecipientKeys implements RecipientKeyHolder {
    @Override
    public List<KeyValidity> held() {
      List<KeyValidity> out = new ArrayList<>();
      for (KeyEntry entry : keystore.list(KeyKind.RECIPIENT_SEED)) {
        try (entry) {
          out.add(RecipientKeyName.parse(entry.id()));
        }
      }
      return out;
    }

    @Override
    public void keep(KeyValidity validity, XWingPrivateKey key) {
      Instant destroyed = Instant.ofEpochMilli(validity.notAfterMs()).plus(Duration.ofDays(2));
      KeyProvider.this.keep(
          KeyKind.RECIPIENT_SEED,
          RecipientKeyName.of(validity),
          destroyed,
          SecretBytes.takeOver(key.seed()));
    }

    @Override
    public Optional<XWingPrivateKey> find(RecipientKeyId id) {
      return held().stream()
          .filter(validity -> validity.id().equals(id))
          .findFirst()
          .flatMap(
              validity ->
                  KeyProvider.this.find(KeyKind.RECIPIENT_SEED, RecipientKeyName.of(validity)))
          .map(seed -> seed.use(XWingPrivateKey::fromSeed));
    }

    @Override
    public void destroy(RecipientKeyId id) {
      held().stream()
          .filter(validity -> validity.id().equals(id))
          .forEach(
              validity -> keystore.destroy(KeyKind.RECIPIENT_SEED, RecipientKeyName.of(validity)));
    }
  }

  private SecretBytes keep(KeyKind kind, String id, Instant expires, SecretBytes secret) {
    keystore.put(new KeyEntry(kind, id, keystore.now(), expires, secret));
    return find(kind, id).orElseThrow();
  }

  private Optional<SecretBytes> find(KeyKind kind, String id) {
    return keystore.get(kind, id).map(KeyEntry::secret);
  }

  private SecretBytes newest(KeyKind kind) {
    return keystore.list(kind).stream()
        .max(Comparator.comparing(KeyEntry::created))
        .orElseThrow(
            () ->
                new StartProblem(
                    "the keystore holds no key of kind " + kind + "; was it minted or restored?"))
        .secret();
  }
}
