package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four eyes by the commands that people use, over a gateway that is killed while it holds. */
final class ReleaseIT {
  private static final String FR = "fr.customs";
  private static final String SG = "sg.police";
  private static final String HEADLINE = "Substituted consignment";
  private static final String SECOND = "--officer=FR-DNRED-0007";
  private static final String WHY = "--justification=order of the prosecutor, 14/26";

  @TempDir private Path folder;

  @Test
  void heldMessage_survivesKillAndGoesOnASecondOfficersWord()
      throws IOException, InterruptedException {
    Path sample =
        ConfigurationHome.find().samples().resolve("held").resolve("controlled-delivery.jsonl");
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, SG, "x.hub"));

      Child sent = Child.of(federation, FR, "declarations", "send", "--alerts", sample.toString());
      assertEquals(0, sent.code(), sent.err());
      assertTrue(sent.out().contains("held until"), sent.out());
      String id = sent.out().substring(0, 32);

      federation.kill(FR);
      federation.start(List.of(FR));

      Child list = supervisor(federation, "release", "list");
      assertTrue(list.out().contains("\n" + id), list.out());
      assertFalse(list.out().contains(HEADLINE), "a list shows no content");
      assertEquals("", Child.of(federation, FR, "auditor", "release", "list").out());
      assertTrue(
          Child.of(federation, FR, "auditor", "release", "list").err().contains("SCOPE_MISSING"));

      Child own = supervisor(federation, "release", "approve", id, "--officer=FR-DNRED-0042", WHY);
      assertEquals(3, own.code());
      assertTrue(own.err().contains("SECOND_PERSON_REQUIRED"), own.err());

      Child unsaid = supervisor(federation, "release", "approve", id, SECOND, "--justification= ");
      assertEquals(3, unsaid.code());
      assertTrue(unsaid.err().contains("on_behalf_of.justification"), unsaid.err());
      assertEquals(2, supervisor(federation, "release", "approve", id, SECOND).code());

      Child shown = supervisor(federation, "release", "show", id, SECOND, WHY);
      assertTrue(shown.out().contains(HEADLINE), shown.out() + shown.err());

      Child approved = supervisor(federation, "release", "approve", id, SECOND, WHY);
      assertEquals(0, approved.code(), approved.err());
      assertTrue(approved.out().contains("to " + SG), approved.out());

      Child read = Child.of(federation, SG, "desk", "tail", "--count", "1");
      assertTrue(read.out().contains(id), read.out() + read.err());
      assertTrue(read.out().contains(HEADLINE), read.out());

      Child again = Child.of(federation, FR, "declarations", "send", "--alerts", sample.toString());
      assertEquals(0, again.code(), again.err());
      assertTrue(again.out().startsWith(id + "  to [" + SG), again.out());
      assertEquals("", supervisor(federation, "release", "list").out());
    }
  }

  private static Child supervisor(Federation federation, String... command) {
    return Child.of(federation, FR, "supervisor", command);
  }
}
