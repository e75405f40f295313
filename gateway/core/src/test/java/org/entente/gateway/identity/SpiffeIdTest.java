package org.entente.gateway.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.Random;
import org.entente.gateway.model.InvalidValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpiffeIdTest {
  private static final String GOOD = "spiffe://demo.example/agency/fr.customs/gateway/gateway-1";

  @Test
  void id_parsed_namesItsParts() {
    SpiffeId id = SpiffeId.parse(GOOD);
    assertEquals("demo.example", id.federation().value());
    assertEquals("fr.customs", id.agency().value());
    assertEquals(SpiffeId.Kind.GATEWAY, id.kind());
    assertEquals("gateway-1", id.name().value());
    String client = GOOD.replace("/gateway/gateway-1", "/client/desk");
    assertEquals(SpiffeId.Kind.CLIENT, SpiffeId.parse(client).kind());
    assertEquals(client, SpiffeId.parse(client).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe://",
        "SPIFFE://demo.example/agency/fr.customs/gateway/g",
        "spiffe://Demo.example/agency/fr.customs/gateway/g",
        "spiffe://demo.example:443/agency/fr.customs/gateway/g",
        "spiffe://user@demo.example/agency/fr.customs/gateway/g",
        "spiffe://demo.example/agency/fr.customs/gateway/g/",
        "spiffe://demo.example/agency/fr.customs/gateway/g?x=1",
        "spiffe://demo.example/agency/fr.customs/gateway/g#x",
        "spiffe://demo.example/agency/fr.customs/gateway/g\n",
        "spiffe://demo.example/agency/fr.customs/gateway/",
        "spiffe://demo.example/agency//gateway/g",
        "spiffe://demo.example//agency/fr.customs/gateway/g",
        "spiffe://demo.example/agency/fr.customs/Gateway/g",
        "spiffe://demo.example/agency/fr.customs/admin/g",
        "spiffe://demo.example/agency/fr%2Ecustoms/gateway/g",
        "spiffe://demo.example/agency/../agency/fr.customs/gateway/g",
        "spiffe://demo.example/agency/fr.customs/gateway/G",
        "https://demo.example/agency/fr.customs/gateway/g",
        " spiffe://demo.example/agency/fr.customs/gateway/g"
      })
  void id_otherForm_refused(String text) {
    assertThrows(InvalidValue.class, () -> SpiffeId.parse(text));
  }

  @Test
  void id_mutated_printsAsParsedOrIsRefused() {
    long seed = new SecureRandom().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 5000; round++) {
      StringBuilder text = new StringBuilder(GOOD);
      for (int i = 0; i <= random.nextInt(3); i++) {
        text.setCharAt(random.nextInt(text.length()), (char) (32 + random.nextInt(100)));
      }
      try {
        assertEquals(text.toString(), SpiffeId.parse(text.toString()).toString(), "seed " + seed);
      } catch (InvalidValue refused) {
        // As good.
      }
    }
  }
}
