package org.entente.gateway.node.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.retention.RetentionKeys;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.transmit.OutboxKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a node's outbox keys, and what the keys of buckets forget. */
class KeyProviderTest {
  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private Instant now = Instant.parse("2026-06-01T12:00:00Z");
  private Keystore keystore;
  private KeyProvider keys;

  @BeforeEach
  void open() {
    keystore = Keystore.open(folder.resolve("keystore"), () -> now, random);
    keys = new KeyProvider(keystore, () -> now, random);
  }

  @AfterEach
  void close() {
    keystore.close();
  }

  private void restart() {
    close();
    open();
  }

  @Test
  void outboxKey_ofTheDay_isOneHoweverManyAsk() {
    OutboxKeys outbox = keys.outboxKeys();
    List<OutboxKeys.NamedKey> all =
        IntStream.range(0, 64).parallel().mapToObj(i -> outbox.current()).toList();
    all.forEach(one -> assertSame(all.get(0).key(), one.key()));
    assertEquals(1, keystore.list(KeyKind.OUTBOX).size());
    byte[] before = outbox.current().key().reveal();
    restart();
    assertArrayEquals(before, keys.outboxKeys().current().key().reveal());
  }

  @Test
  void outboxKey_rotatesDaily_andTheOldOneStillOpens() {
    OutboxKeys.NamedKey first = keys.outboxKeys().current();
    byte[] secret = first.key().reveal();
    now = now.plus(Duration.ofDays(1));
    OutboxKeys.NamedKey second = keys.outboxKeys().current();
    assertNotEquals(first.id(), second.id());
    assertNotEquals(first.key(), second.key());
    restart();
    assertArrayEquals(secret, keys.outboxKeys().find(first.id()).orElseThrow().reveal());
    assertTrue(keys.outboxKeys().find("outbox-1999-01-01").isEmpty());
  }

  @Test
  void outboxKey_thatNoMailNeeds_isDestroyedAfterTwoDays() {
    OutboxKeys.NamedKey needed = keys.outboxKeys().current();
    now = now.plus(Duration.ofDays(1));
    OutboxKeys.NamedKey idle = keys.outboxKeys().current();
    SecretBytes cached = idle.key();
    now = now.plus(Duration.ofDays(1));
    OutboxKeys.NamedKey fresh = keys.outboxKeys().current();
    assertEquals(List.of(), keys.destroyOutboxKeys(Set.of(needed.id()), now), "too young");
    now = now.plus(Duration.ofDays(1)).plusSeconds(1);
    assertEquals(List.of(idle.id()), keys.destroyOutboxKeys(Set.of(needed.id()), now));
    assertTrue(cached.isClosed(), "wiped from memory, too");
    assertTrue(keys.outboxKeys().find(idle.id()).isEmpty());
    restart();
    assertTrue(keys.outboxKeys().find(idle.id()).isEmpty());
    assertTrue(keys.outboxKeys().find(needed.id()).isPresent());
    assertTrue(keys.outboxKeys().find(fresh.id()).isPresent());
  }

  @Test
  void messages_forgottenAtOnce_areGoneForGood_andTheOthersSay_thatThereWasNoRoom() {
    LocalDate first = LocalDate.parse("2026-07-01");
    LocalDate second = LocalDate.parse("2026-07-02");
    List<RetentionKeys.KeptMessage> messages = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      messages.add(new RetentionKeys.KeptMessage(first, address(i)));
      if (i < 100) {
        messages.add(new RetentionKeys.KeptMessage(second, address(i)));
      }
    }
    BucketKey bucket = keys.storageKeys().forBucket(first);
    BucketKey other = keys.storageKeys().forBucket(second);
    assertTrue(other.holds(address(5)));

    Set<RetentionKeys.KeptMessage> open = keys.retentionKeys().forget(messages);

    assertTrue(bucket.holds(address(1_500)), "one that nobody erases");
    assertTrue(open.size() > 100 && open.size() < 600, "about a thousand fit: " + open.size());
    assertTrue(open.stream().allMatch(kept -> kept.lastDay().equals(first)));
    for (RetentionKeys.KeptMessage kept : messages) {
      assertEquals(open.contains(kept), isHeld(kept));
    }
    restart();
    for (RetentionKeys.KeptMessage kept : messages) {
      assertEquals(open.contains(kept), isHeld(kept));
    }
    assertEquals(open, keys.retentionKeys().forget(List.copyOf(open)), "there is no room later");
  }

  private static BodyAddress address(int number) {
    byte[] id = ByteBuffer.allocate(16).putInt(number).array();
    return new BodyAddress(new AgencyName("fr.customs"), EnvelopeId.of(id), 0);
  }

  private boolean isHeld(RetentionKeys.KeptMessage kept) {
    return keys.storageKeys().existing(kept.lastDay()).orElseThrow().holds(kept.message());
  }

  @Test
  void fingerprintKey_doesNotRotate() {
    byte[] before = keys.draftFingerprintKey().reveal();
    now = now.plus(Duration.ofDays(400));
    restart();
    assertArrayEquals(before, keys.draftFingerprintKey().reveal());
  }
}
