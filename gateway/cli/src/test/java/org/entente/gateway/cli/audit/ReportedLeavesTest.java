package org.entente.gateway.cli.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.proto.v1.ExportedLeaf;
import org.junit.jupiter.api.Test;

/** A gateway cannot fill the memory of who makes a report. */
class ReportedLeavesTest {

  @Test
  void leaves_takeAsMuchAsTheirExport_andNoMore() {
    ExportedLeaf leaf = ExportedLeaf.newBuilder().setOrigin("\u00e9").setIndex(7).build();
    int line = (ExportLine.of(leaf) + "\n").getBytes(StandardCharsets.UTF_8).length;
    ReportedLeaves leaves = new ReportedLeaves(2L * line);
    leaves.add(leaf);
    leaves.add(leaf);
    CommandFailure refused = assertThrows(CommandFailure.class, () -> leaves.add(leaf));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("longer than " + 2 * line + " bytes"),
        refused::getMessage);
    assertEquals(List.of(leaf, leaf), leaves.all());
  }
}
