package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.IprStage;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suspension of goods by commands and by a generated client, over a gateway that is killed. */
@Tag("extended")
@Tag("processes")
final class IprIT {
  private static final String FR = "fr.customs";

  @TempDir private Path folder;

  @Test
  void case_survivesKill_andTheRightsHolderSeesItRedacted()
      throws IOException, InterruptedException {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR));
      String right =
          id(
              officer(
                  federation,
                  "ipr record --right TRADE_MARK --number EUTM-1 --holder Brakes --product pads"
                      + " --contact legal@brakes.example --client brakes-ag"));
      assertTrue(officer(federation, "ipr grant " + right + " --days 30").contains("GRANTED"));
      String suspended =
          officer(
              federation,
              "ipr suspend --recordation "
                  + right
                  + " --goods pads --quantity 1200 --place Rouen --particular CONSIGNEE=Dupont");
      String id = id(suspended);
      assertTrue(officer(federation, "ipr notify " + id + " --party DECLARANT").contains(id));
      assertTrue(officer(federation, "ipr notify " + id + " --party RIGHTS_HOLDER").contains(id));

      federation.kill(FR);
      federation.start(List.of(FR));

      IprProcedureGrpc.IprProcedureBlockingStub holder =
          IprProcedureGrpc.newBlockingStub(federation.channel(FR, "brakes-ag"));
      ByteString caseId =
          holder
              .listIprNotices(ListIprNoticesRequest.getDefaultInstance())
              .getNotices(0)
              .getCaseId();
      ReadIprNoticeRequest read =
          ReadIprNoticeRequest.newBuilder()
              .setCaseId(caseId)
              .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("A. Holder"))
              .build();
      IprNotice notice = holder.readIprNotice(read).getNotice();
      assertEquals(IprStage.IPR_STAGE_NOTIFIED, notice.getStage());
      assertEquals("1200", notice.getQuantity());
      assertFalse(notice.toString().contains("Dupont"), "nobody is named undisclosed");
      StatusRuntimeException denied =
          assertThrows(
              StatusRuntimeException.class,
              () -> holder.listIprCases(ListIprCasesRequest.getDefaultInstance()));
      assertEquals(Status.Code.PERMISSION_DENIED, denied.getStatus().getCode());

      assertTrue(officer(federation, "ipr disclose " + id + " CONSIGNEE").contains(id));
      assertTrue(holder.readIprNotice(read).getNotice().toString().contains("Dupont"));
      Metrics.of(federation.plan(FR)).await("entente_ipr_open_cases", 1);

      Child early =
          Child.of(federation, FR, "ipr-desk", command("ipr outcome " + id + " RELEASED"));
      assertEquals(3, early.code());
      assertTrue(early.err().contains("DEADLINE_RUNS"), early.err());
      Child answered =
          Child.of(
              federation, FR, "brakes-ag", "ipr", "answer", id, "GENUINE", "--person", "A. Holder");
      assertEquals(0, answered.code(), answered.err());
      assertTrue(officer(federation, "ipr outcome " + id + " RELEASED").contains("CLOSED"));
      Metrics.of(federation.plan(FR)).await("entente_ipr_open_cases", 0);

      Child exported = Child.of(federation, FR, "auditor", command("audit export --message " + id));
      for (String leaf : List.of("IPR_ACTED", "IPR_READ", "IPR_DISCLOSED", "IPR_ANSWERED")) {
        assertTrue(exported.out().contains(leaf), leaf + " in " + exported.out() + exported.err());
      }
    }
  }

  private static String[] command(String words) {
    return (words + " --officer FR-7 --justification file-12").split(" ");
  }

  private static String officer(Federation federation, String words) {
    Child child = Child.of(federation, FR, "ipr-desk", command(words));
    assertEquals(0, child.code(), child.err());
    return child.out();
  }

  private static String id(String line) {
    return line.substring(0, 32);
  }
}
