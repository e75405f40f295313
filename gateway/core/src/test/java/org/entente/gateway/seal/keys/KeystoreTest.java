package org.entente.gateway.seal.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path temp;
  private Path folder;
  private Instant now = NOON;
  @AutoClose private Keystore keystore;

  @BeforeEach
  void open() {
    folder = temp.resolve("keys");
    keystore = Keystore.open(folder, () -> now, RANDOM);
  }

  @Test
  void put_key_isFoundNowAndAfterReopening() {
    KeyEntry seed = put(KeyKind.RECIPIENT_SEED, "k1", Duration.ofHours(24));
    KeyEntry pair = put(KeyKind.AGENCY_PAIR, "fr.customs", 2592, KeyEntry.NEVER);

    assertEquals(Optional.of(seed), keystore.get(KeyKind.RECIPIENT_SEED, "k1"));
    reopen();
    assertEquals(Optional.of(seed), keystore.get(KeyKind.RECIPIENT_SEED, "k1"));
    assertEquals(Optional.of(pair), keystore.get(KeyKind.AGENCY_PAIR, "fr.customs"));
    assertEquals(Optional.empty(), keystore.get(KeyKind.STORAGE, "k1"), "kinds share no ids");
  }

  @Test
  void list_kind_isSortedAndLivingOnly() {
    KeyEntry b = put(KeyKind.STORAGE, "b", Duration.ofHours(2));
    put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    KeyEntry c = put(KeyKind.STORAGE, "c", Duration.ofHours(3));
    put(KeyKind.OUTBOX, "o", Duration.ofHours(3));
    now = NOON.plus(Duration.ofHours(1));

    assertEquals(List.of(b, c), keystore.list(KeyKind.STORAGE));
    assertEquals(Optional.empty(), keystore.get(KeyKind.STORAGE, "a"), "expired to the instant");
    assertEquals(List.of(), keystore.list(KeyKind.AUDIT_SIGNING));
  }

  @Test
  void get_copy_isIndependentOfTheKeystore() {
    KeyEntry given = put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    byte[] secret = given.secret().reveal();
    given.close();
    keystore.get(KeyKind.STORAGE, "a").orElseThrow().close();
    KeyEntry held = keystore.get(KeyKind.STORAGE, "a").orElseThrow();
    keystore.destroy(KeyKind.STORAGE, "a");

    assertArrayEquals(secret, held.secret().reveal());
  }

  @Test
  void put_nameTakenOrExpired_isRefused() {
    KeyEntry first = put(KeyKind.STORAGE, "a", Duration.ofHours(1));

    assertThrows(
        IllegalArgumentException.class, () -> put(KeyKind.STORAGE, "a", Duration.ofHours(2)));
    assertEquals(Optional.of(first), keystore.get(KeyKind.STORAGE, "a"));
    KeyEntry late = entry(KeyKind.STORAGE, "b", 32, NOON.plusSeconds(1));
    now = NOON.plusSeconds(1);
    assertThrows(IllegalArgumentException.class, () -> keystore.put(late));
  }

  @Test
  void entry_outOfBounds_isRefused() {
    Instant later = NOON.plusSeconds(60);
    assertThrows(IllegalArgumentException.class, () -> entry(KeyKind.STORAGE, "a", 31, later));
    int over = KeyEntry.MOST_SECRET_BYTES + 1;
    SecretBytes tooLong = SecretBytes.takeOver(new byte[over]);
    assertThrows(
        IllegalArgumentException.class,
        () -> new KeyEntry(KeyKind.STORAGE, "a", NOON, later, tooLong));
    assertThrows(IllegalArgumentException.class, () -> entry(KeyKind.STORAGE_PART, "a", 0, later));
    assertThrows(IllegalArgumentException.class, () -> entry(KeyKind.STORAGE, "a", 32, NOON));
    for (String id : List.of("", "a b", "é", "a\n", "x".repeat(129))) {
      assertThrows(IllegalArgumentException.class, () -> entry(KeyKind.STORAGE, id, 32, later));
    }
    assertFalse(
        entry(KeyKind.STORAGE, "a", 32, later).toString().contains("SecretBytes@"), "prints");
    assertTrue(entry(KeyKind.STORAGE, "a", 32, later).toString().contains("[hidden]"));
  }

  @Test
  void destroy_key_isGoneAndTellsSo() {
    put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    KeyEntry kept = put(KeyKind.STORAGE, "b", Duration.ofHours(1));

    assertEquals(
        Optional.of(new Erasure(KeyKind.STORAGE, "a", NOON)),
        keystore.destroy(KeyKind.STORAGE, "a"));
    assertEquals(Optional.empty(), keystore.destroy(KeyKind.STORAGE, "a"));
    reopen();
    assertEquals(Optional.empty(), keystore.get(KeyKind.STORAGE, "a"));
    assertEquals(List.of(kept), keystore.list(KeyKind.STORAGE));
  }

  @Test
  void replace_secret_leavesTheOldOneNowhere() throws IOException {
    KeyEntry before = put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    KeyEntry kept = put(KeyKind.STORAGE, "b", Duration.ofHours(1));
    byte[] stolen = Files.readAllBytes(folder.resolve("entries"));
    KeyEntry after = entry(KeyKind.STORAGE, "a", 5_000, before.expires());
    KeyEntry part = entry(KeyKind.STORAGE_PART, "a/1", 5, before.expires());

    keystore.replace(List.of(after, part));
    reopen();

    assertEquals(Optional.of(after), keystore.get(KeyKind.STORAGE, "a"));
    assertEquals(Optional.of(part), keystore.get(KeyKind.STORAGE_PART, "a/1"));
    assertEquals(Optional.of(kept), keystore.get(KeyKind.STORAGE, "b"));
    keystore.close();
    Files.write(folder.resolve("entries"), stolen);
    KeystoreFailure refused = assertThrows(KeystoreFailure.class, this::reopen);
    assertEquals(KeystoreFailure.Kind.DAMAGED, refused.kind(), "the old day key is gone");
    Files.delete(folder.resolve("entries"));
    Files.delete(folder.resolve("days"));
    reopen();
    assertEquals(List.of(), secretFiles(), "no entry opens them any more");
  }

  @Test
  void replace_keyThatHasExpired_isDoneAllTheSame() {
    KeyEntry before = put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    now = NOON.plus(Duration.ofHours(2));
    KeyEntry after =
        new KeyEntry(
            KeyKind.STORAGE, "a", NOON, before.expires(), SecretBytes.random(RANDOM, 2_000));

    keystore.replace(List.of(after));

    assertEquals(Optional.empty(), keystore.get(KeyKind.STORAGE, "a"));
    assertEquals(Optional.of(after), keystore.getUndestroyed(KeyKind.STORAGE, "a"));
  }

  private List<String> secretFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(SecretFile::isName)
          .sorted()
          .toList();
    }
  }

  @Test
  void longSecret_liesInAFileOfItsOwn_whoseOldCopyOpensWithNothingThatIsLeft() throws IOException {
    KeyEntry first = put(KeyKind.STORAGE_PART, "a/1", 400_000, NOON.plus(Duration.ofDays(30)));
    put(KeyKind.STORAGE_PART, "a/2", 400_000, NOON.plus(Duration.ofDays(30)));
    Path file = folder.resolve(secretFiles().get(0));
    assertEquals("rw-------", mode(file));
    assertTrue(Files.size(folder.resolve("entries")) < 1_000);
    assertHeldNowhere(first.secret());
    Map<String, byte[]> old = copies();

    keystore.replace(List.of(entry(KeyKind.STORAGE_PART, "a/1", 399_000, first.expires())));
    List<String> after = secretFiles();
    assertEquals(2, after.size());
    assertEquals(1, after.stream().filter(old::containsKey).count(), "the other stays as it was");

    String gone =
        old.keySet().stream()
            .filter(name -> SecretFile.isName(name) && !after.contains(name))
            .findFirst()
            .orElseThrow();
    Files.write(folder.resolve(gone), old.get(gone));
    reopen();
    assertEquals(after, secretFiles(), "nothing opens it, and it is removed");
    keystore.close();
    Files.write(folder.resolve("entries"), old.get("entries"));
    assertEquals(Kind.DAMAGED, refusal().kind(), "entries that would open it do not open");
  }

  private Map<String, byte[]> copies() throws IOException {
    Map<String, byte[]> out = new TreeMap<>();
    for (String name : secretFiles()) {
      out.put(name, Files.readAllBytes(folder.resolve(name)));
    }
    out.put("entries", Files.readAllBytes(folder.resolve("entries")));
    return out;
  }

  @Test
  void fileOfASecret_missingOrChanged_isDamage() throws IOException {
    put(KeyKind.STORAGE, "a", 5_000, NOON.plus(Duration.ofDays(30)));
    keystore.close();
    Path file = folder.resolve(secretFiles().get(0));
    byte[] good = Files.readAllBytes(file);
    for (int at : new int[] {0, 4, 5, 2_000, good.length - 1}) {
      byte[] changed = good.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      assertEquals(Kind.DAMAGED, refusal().kind(), "byte " + at);
    }
    Files.write(file, new byte[3]);
    assertEquals(Kind.DAMAGED, refusal().kind());
    Files.delete(file);
    assertEquals(Kind.DAMAGED, refusal().kind());
    Files.write(file, good);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(Kind.INSECURE, refusal().kind());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    reopen();
  }

  @Test
  void longSecrets_areWrappedAgainDaily_withoutWritingTheirFiles() throws IOException {
    KeyEntry part = put(KeyKind.STORAGE_PART, "a/1", 400_000, NOON.plus(Duration.ofDays(30)));
    List<String> before = secretFiles();
    now = NOON.plus(Duration.ofDays(1));
    keystore.expire(now);
    reopen();
    assertEquals(before, secretFiles());
    assertEquals(Optional.of(part), keystore.get(KeyKind.STORAGE_PART, "a/1"));
  }

  /** Notes what it is told, and refuses changes while a test says so. */
  private static final class Mirror implements KeyMirror {
    final List<KeyEntry> put = new ArrayList<>();
    final List<String> gone = new ArrayList<>();
    int changed;
    boolean refuses;

    @Override
    public void change(List<KeyEntry> some, List<KeyDescription> others) throws IOException {
      if (refuses) {
        throw new IOException("1 of 3 nodes");
      }
      put.addAll(some);
      others.forEach(one -> gone.add(one.id()));
    }

    @Override
    public void changed() {
      changed++;
    }

    @Override
    public List<String> unconfirmed() {
      return refuses ? List.of("n2", "n3") : List.of();
    }
  }

  @Test
  void mirror_isToldOfEachChange_withThePartsOfWhatIsDestroyed() {
    Mirror mirror = new Mirror();
    keystore.mirrorTo(mirror);
    KeyEntry bucket = put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    KeyEntry part = entry(KeyKind.STORAGE_PART, "a/1", 5, bucket.expires());
    keystore.replace(List.of(part));
    KeyEntry later = put(KeyKind.OUTBOX, "o", Duration.ofHours(2));
    keystore.destroy(KeyKind.STORAGE, "a");
    keystore.expire(NOON.plus(Duration.ofHours(2)));

    assertEquals(List.of(bucket, part, later), mirror.put);
    assertEquals(List.of("a", "a/1", "o"), mirror.gone);
    assertEquals(5, mirror.changed);
  }

  @Test
  void change_thatTheMirrorRefuses_isNotMade() {
    Mirror mirror = new Mirror();
    KeyEntry kept = put(KeyKind.STORAGE, "a", Duration.ofHours(1));
    keystore.mirrorTo(mirror);
    keystore.requireConfirmed();
    mirror.refuses = true;

    assertThrows(KeystoreFailure.class, () -> put(KeyKind.STORAGE, "b", Duration.ofHours(1)));
    assertThrows(KeystoreFailure.class, () -> keystore.destroy(KeyKind.STORAGE, "a"));
    assertThrows(KeystoreFailure.class, () -> keystore.expire(NOON.plus(Duration.ofHours(1))));
    KeystoreFailure why = assertThrows(KeystoreFailure.class, () -> keystore.requireConfirmed());
    assertTrue(String.valueOf(why.getMessage()).contains("theirs: n2, n3;"), why.getMessage());
    reopen();
    assertEquals(List.of(kept), keystore.list(KeyKind.STORAGE));
    assertEquals(0, mirror.changed);
  }

  /** As a node follows the leader of its cluster. */
  @Test
  void change_ofAnotherKeystore_isMadeWithoutAMirror_andDestroysForGood() throws IOException {
    Mirror mirror = new Mirror();
    keystore.mirrorTo(mirror);
    mirror.refuses = true;
    KeyEntry bucket = entry(KeyKind.STORAGE, "a", 32, KeyEntry.NEVER);
    KeyEntry part = entry(KeyKind.STORAGE_PART, "a/1", 5, KeyEntry.NEVER);
    keystore.follow(List.of(bucket, part), List.of());
    byte[] stolen = Files.readAllBytes(folder.resolve("entries"));
    KeyDescription name =
        new KeyDescription(bucket.kind(), bucket.id(), bucket.created(), bucket.expires());
    KeyEntry other = entry(KeyKind.STORAGE, "b", 32, KeyEntry.NEVER);

    keystore.follow(List.of(other), List.of(name));
    keystore.follow(List.of(), List.of(name));

    reopen();
    assertEquals(List.of(other), keystore.list(KeyKind.STORAGE));
    assertEquals(List.of(), keystore.list(KeyKind.STORAGE_PART));
    keystore.close();
    Files.write(folder.resolve("entries"), stolen);
    assertEquals(
        KeystoreFailure.Kind.DAMAGED, assertThrows(KeystoreFailure.class, this::reopen).kind());
    Files.delete(folder.resolve("entries"));
    Files.delete(folder.resolve("days"));
    reopen();
  }

  @Test
  void partsOfAKey_endWithIt() throws IOException {
    put(KeyKind.STORAGE, "a", Duration.ofDays(30));
    KeyEntry other = put(KeyKind.STORAGE, "ab", Duration.ofDays(30));
    put(KeyKind.STORAGE_PART, "a/1", 2_000, NOON.plus(Duration.ofDays(30)));
    put(KeyKind.STORAGE_PART, "a/2", Duration.ofDays(30));
    KeyEntry otherPart = put(KeyKind.STORAGE_PART, "ab/1", Duration.ofDays(30));

    keystore.destroy(KeyKind.STORAGE, "a");

    assertEquals(List.of(otherPart), keystore.list(KeyKind.STORAGE_PART));
    assertEquals(List.of(other), keystore.list(KeyKind.STORAGE));
    assertEquals(List.of(), secretFiles());
  }

  @Test
  void destroy_bucketKey_makesAllItWrappedUnreadable() throws IOException {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    byte[] body = "body key".getBytes(StandardCharsets.US_ASCII);
    KeyEntry bucket = put(KeyKind.STORAGE, "bucket", Duration.ofDays(365));
    put(KeyKind.STORAGE, "neighbour", Duration.ofDays(365));
    byte[] wrapped = Aes256Gcm.seal(bucket.secret().reveal(), nonce, new byte[0], body);
    byte[] stolen = Files.readAllBytes(folder.resolve("entries"));
    assertTrue(opens("bucket", nonce, wrapped));

    keystore.destroy(KeyKind.STORAGE, "bucket");
    assertFalse(opens("bucket", nonce, wrapped));
    assertFalse(opens("neighbour", nonce, wrapped));
    keystore.close();
    assertHeldNowhere(bucket.secret());

    // An old copy of the entries alone: its day key is no longer there.
    Files.write(folder.resolve("entries"), stolen);
    assertEquals(Kind.DAMAGED, refusal().kind());
  }

  private boolean opens(String bucket, byte[] nonce, byte[] wrapped) {
    return keystore
        .get(KeyKind.STORAGE, bucket)
        .flatMap(key -> Aes256Gcm.open(key.secret().reveal(), nonce, new byte[0], wrapped))
        .isPresent();
  }

  @Test
  void files_secrets_areNeverPlain() throws IOException {
    KeyEntry entry = put(KeyKind.GATEWAY_SIGNING, "g", Duration.ofHours(1));

    assertHeldNowhere(entry.secret());
  }

  private void assertHeldNowhere(SecretBytes secret) throws IOException {
    String wanted = new String(secret.reveal(), StandardCharsets.ISO_8859_1);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertFalse(
            Files.readString(file, StandardCharsets.ISO_8859_1).contains(wanted), file.toString());
      }
    }
  }

  @Test
  void expire_pastExpiry_erasesAndRotates() throws IOException {
    put(KeyKind.RECIPIENT_SEED, "old", Duration.ofHours(1));
    KeyEntry living = put(KeyKind.RECIPIENT_SEED, "new", Duration.ofHours(5));
    byte[] before = Files.readAllBytes(folder.resolve("entries"));
    now = NOON.plus(Duration.ofHours(2));

    assertEquals(List.of(new Erasure(KeyKind.RECIPIENT_SEED, "old", now)), keystore.expire(now));
    assertEquals(List.of(living), keystore.list(KeyKind.RECIPIENT_SEED));
    assertEquals(List.of(), keystore.expire(now));
    keystore.close();
    Files.write(folder.resolve("entries"), before);
    assertEquals(Kind.DAMAGED, refusal().kind());
  }

  @Test
  void expire_nextDay_wrapsAnewAndDestroysTheDayKey() throws IOException {
    KeyEntry entry = put(KeyKind.STORAGE, "a", Duration.ofDays(30));
    byte[] entries = Files.readAllBytes(folder.resolve("entries"));
    byte[] days = Files.readAllBytes(folder.resolve("days"));
    assertEquals(List.of(), keystore.expire(NOON.plus(Duration.ofHours(11))));
    assertArrayEquals(days, Files.readAllBytes(folder.resolve("days")), "the same UTC day");

    now = NOON.plus(Duration.ofHours(12));
    assertEquals(List.of(), keystore.expire(now));
    reopen();
    assertEquals(Optional.of(entry), keystore.get(KeyKind.STORAGE, "a"));
    keystore.close();
    byte[] nextEntries = Files.readAllBytes(folder.resolve("entries"));
    Files.write(folder.resolve("entries"), entries);
    assertEquals(Kind.DAMAGED, refusal().kind(), "yesterday's entries do not open today");
    Files.write(folder.resolve("days"), days);
    Files.write(folder.resolve("entries"), nextEntries);
    assertEquals(Kind.DAMAGED, refusal().kind(), "nor do today's with yesterday's days");
    Files.write(folder.resolve("entries"), entries);
    reopen();
    assertEquals(Optional.of(entry), keystore.get(KeyKind.STORAGE, "a"), "a whole old copy does");
  }

  @Test
  void days_withoutEntries_holdNoKey() throws IOException {
    int empty = Files.readAllBytes(folder.resolve("days")).length;
    put(KeyKind.STORAGE, "a", Duration.ofDays(30));
    assertEquals(empty + 44, Files.readAllBytes(folder.resolve("days")).length);
    keystore.destroy(KeyKind.STORAGE, "a");

    assertEquals(empty, Files.readAllBytes(folder.resolve("days")).length);
  }

  @Test
  void files_modes_areForTheOwnerOnly() throws IOException {
    put(KeyKind.STORAGE, "a", Duration.ofDays(30));

    assertEquals("rwx------", mode(folder));
    for (String file : List.of("entries", "days", "lock")) {
      assertEquals("rw-------", mode(folder.resolve(file)));
    }
  }

  @Test
  void open_othersMayEnter_isRefused() throws IOException {
    keystore.close();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    assertEquals(Kind.INSECURE, refusal().kind());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(
        folder.resolve("days"), PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(Kind.INSECURE, refusal().kind());
  }

  @Test
  void open_openTwice_isRefusedAsLocked() {
    assertEquals(Kind.LOCKED, refusal().kind());
    reopen();
  }

  @Test
  void use_afterClose_isRefused() {
    keystore.close();
    keystore.close();

    assertThrows(IllegalStateException.class, () -> keystore.get(KeyKind.STORAGE, "a"));
    assertThrows(IllegalStateException.class, () -> keystore.list(KeyKind.STORAGE));
    assertThrows(IllegalStateException.class, () -> keystore.destroy(KeyKind.STORAGE, "a"));
    assertThrows(IllegalStateException.class, () -> keystore.expire(NOON));
    assertThrows(IllegalStateException.class, () -> put(KeyKind.STORAGE, "a", Duration.ofHours(1)));
  }

  @Test
  void changes_byManyThreads_areAllKept() throws InterruptedException {
    List<Thread> threads =
        Stream.of("a", "b", "c", "d")
            .map(
                prefix ->
                    new Thread(
                        () -> {
                          for (int i = 0; i < 10; i++) {
                            put(KeyKind.STORAGE, prefix + i, Duration.ofDays(1));
                            keystore.get(KeyKind.STORAGE, prefix + i).orElseThrow().close();
                          }
                          keystore.destroy(KeyKind.STORAGE, prefix + "0");
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    reopen();

    assertEquals(36, keystore.list(KeyKind.STORAGE).size());
  }

  private KeyEntry put(KeyKind kind, String id, Duration life) {
    return put(kind, id, 32, now.plus(life));
  }

  private KeyEntry put(KeyKind kind, String id, int bytes, Instant expires) {
    KeyEntry entry = entry(kind, id, bytes, expires);
    keystore.put(entry);
    return entry;
  }

  private KeyEntry entry(KeyKind kind, String id, int bytes, Instant expires) {
    return new KeyEntry(kind, id, now, expires, SecretBytes.random(RANDOM, bytes));
  }

  private void reopen() {
    keystore.close();
    keystore = Keystore.open(folder, () -> now, RANDOM);
  }

  private KeystoreFailure refusal() {
    return assertThrows(
        KeystoreFailure.class, () -> Keystore.open(folder, () -> now, RANDOM).close());
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
