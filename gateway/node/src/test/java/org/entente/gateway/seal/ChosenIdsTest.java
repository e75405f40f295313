package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.retention.RetentionKeys;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.keys.Keystore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threat 71: an origin chooses the ids of its envelopes so that the erasure of its own message
 * erases another agency's at a third one.
 */
class ChosenIdsTest {
  private static final LocalDate DAY = LocalDate.parse("2026-12-25");

  /**
   * Two messages of two origins, found among 2^25 ids of each in a minute. A leaf was the first 48
   * bits of the hash of such an address, so that both had the same one.
   */
  private static final BodyAddress ATTACKERS =
      address("fr.customs", "019a4100000000000000000000c87cd4");

  private static final BodyAddress VICTIMS =
      address("it.customs", "019a4200000000000000000000fb5315");

  private static BodyAddress address(String origin, String envelope) {
    return new BodyAddress(
        new AgencyName(origin), EnvelopeId.of(HexFormat.of().parseHex(envelope)), 0);
  }

  @Test
  void messagesThatMetInTheFormerTree_haveLeavesOfTheirOwn_andAreErasedOneByOne(
      @TempDir Path folder) {
    assertArrayEquals(formerLeaf(ATTACKERS), formerLeaf(VICTIMS), "the former attack");
    SecureRandom random = new SecureRandom();
    Instant now = Instant.parse("2026-11-25T10:00:00Z");
    LocalSeal seal = new LocalSeal(random);
    byte[] victims;
    byte[] attackers;
    try (Keystore keystore = Keystore.open(folder.resolve("keystore"), () -> now, random)) {
      KeyProvider keys = new KeyProvider(keystore, () -> now, random);
      BucketKey bucket = keys.storageKeys().forBucket(DAY);
      attackers = sealed(seal, ATTACKERS, bucket);
      victims = sealed(seal, VICTIMS, bucket);
      MessageLeaf leaf = LocalSeal.leaf(attackers).orElseThrow();
      keys.retentionKeys().forget(List.of(new RetentionKeys.KeptMessage(DAY, leaf)));
      assertTrue(LocalSeal.open(VICTIMS, bucket, victims).isPresent());
    }
    try (Keystore keystore = Keystore.open(folder.resolve("keystore"), () -> now, random)) {
      BucketKey bucket =
          new KeyProvider(keystore, () -> now, random).storageKeys().existing(DAY).orElseThrow();
      assertFalse(LocalSeal.open(ATTACKERS, bucket, attackers).isPresent());
      try (LocalMessage message = LocalSeal.open(VICTIMS, bucket, victims).orElseThrow()) {
        assertEquals("seized", new String(message.label(), StandardCharsets.UTF_8));
      }
    }
  }

  private static byte[] formerLeaf(BodyAddress address) {
    return Arrays.copyOf(Sha256.hash(address.encoded(Suite.LOCAL)), 6);
  }

  private static byte[] sealed(LocalSeal seal, BodyAddress address, BucketKey bucket) {
    try (BodyKey key = CraftedEnvelopes.key(address.toString()).bodyKey(0)) {
      ByteString label = ByteString.copyFromUtf8("seized");
      return seal.seal(address, bucket, key, label).orElseThrow();
    }
  }
}
