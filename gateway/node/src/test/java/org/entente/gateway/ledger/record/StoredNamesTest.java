package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.store.Table;
import org.junit.jupiter.api.Test;

class StoredNamesTest {
  private static final RecordPlace PLACE = new RecordPlace(Table.CURSOR, new byte[] {1}, "names");

  private final SecureRandom random = new SecureRandom();
  private final SecretBytes key = SecretBytes.random(random, 32);
  private final StoredNames names = StoredNames.of(key, random);

  @Test
  void token_isOfItsNamesInTheirOrder_andOfTheKey() {
    byte[] token = names.token("desk", "one");
    assertEquals(StoredNames.TOKEN_BYTES, token.length);
    assertArrayEquals(token, StoredNames.of(key, random).token("desk", "one"));
    for (byte[] other :
        List.of(
            names.token("desk"),
            names.token("one", "desk"),
            names.token("des", "kone"),
            names.token("deskone"),
            names.token("desk", "one", ""),
            StoredNames.of(SecretBytes.random(random, 32), random).token("desk", "one"))) {
      assertFalse(Arrays.equals(token, other));
    }
  }

  @Test
  void sealedNames_openAtTheirPlaceOnly() {
    byte[] sealed = names.seal(PLACE, "desk", "", "one");
    assertEquals(List.of("desk", "", "one"), names.open(PLACE, sealed).orElseThrow());
    RecordPlace other = new RecordPlace(Table.CURSOR, new byte[] {2}, "names");
    assertTrue(names.open(other, sealed).isEmpty());
    StoredNames others = StoredNames.of(SecretBytes.random(random, 32), random);
    assertTrue(others.open(PLACE, sealed).isEmpty());
  }

  @Test
  void sealedNames_withAnyBitFlippedOrCut_doNotOpen() {
    byte[] sealed = names.seal(PLACE, "desk");
    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertTrue(names.open(PLACE, flipped).isEmpty(), "bit " + bit);
    }
    for (int length = 0; length < sealed.length; length++) {
      assertTrue(names.open(PLACE, Arrays.copyOf(sealed, length)).isEmpty(), "length " + length);
    }
  }
}
