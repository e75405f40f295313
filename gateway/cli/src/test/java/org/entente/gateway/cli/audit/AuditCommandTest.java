package org.entente.gateway.cli.audit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.AuditReport;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.cli.audit.RemoteLogVerification.VerificationResult;
import org.junit.jupiter.api.Test;

/** What a verification says to people. */
class AuditCommandTest {
  private static final LogOrigin LOG =
      LogOrigin.parse("entente/demo.entente.example/fr.customs/gw-a").orElseThrow();

  /** A gateway that hides a record answers as one that erased it. */
  @Test
  void recordsThatAreNotShown_areNotCalledErased() {
    AuditReport report =
        new AuditReport(7, MerkleTree.emptyRoot(), 7, 4, 3, Optional.empty(), List.of());
    VerificationResult found =
        new VerificationResult(LOG, report, Optional.empty(), 0, Optional.empty(), 1, 1, true);
    String text = AuditCommand.Verify.asText(found);
    assertTrue(
        text.contains("records     4 match their leaves, 3 are not shown: erased, or withheld"),
        text);
  }
}
