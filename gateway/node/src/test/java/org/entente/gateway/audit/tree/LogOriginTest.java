package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditFixture;
import org.junit.jupiter.api.Test;

class LogOriginTest {
  @Test
  void line_parsed_isTheSameOrigin() {
    assertEquals("entente/demo.entente.example/fr.customs/gw-a", AuditFixture.ORIGIN.line());
    for (int number : new int[] {1, 2, 10, Integer.MAX_VALUE}) {
      LogOrigin origin = AuditFixture.ORIGIN.numbered(number);
      assertEquals(Optional.of(origin), LogOrigin.parse(origin.line()));
      assertTrue(origin.sameGateway(AuditFixture.ORIGIN));
      assertTrue(origin.line().length() <= 189);
    }
    assertFalse(
        AuditFixture.ORIGIN.sameGateway(
            LogOrigin.parse("entente/demo.entente.example/fr.customs/gw-b").orElseThrow()));
  }

  @Test
  void line_inAnotherForm_isNoOrigin() {
    for (String bad :
        List.of(
            "",
            "entente/demo.entente.example/fr.customs",
            "entente/demo.entente.example/fr.customs/gw-a/1",
            "entente/demo.entente.example/fr.customs/gw-a/02",
            "entente/demo.entente.example/fr.customs/gw-a/0",
            "entente/demo.entente.example/fr.customs/gw-a/2147483648",
            "entente/demo.entente.example/fr.customs/gw-a/2/3",
            "entente/demo.entente.example/witness/fr.customs",
            "entente/demo.entente.example/FR.customs/gw-a",
            "example.com/log")) {
      assertEquals(Optional.empty(), LogOrigin.parse(bad), bad);
    }
  }
}
