package org.entente.gateway.receive;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Notice;
import org.junit.jupiter.api.Test;

/** Threats 76 and 77: which notices of a neighbour are read at all. */
class NoticeAdmissionTest {
  private static final AgencyName SELF = new AgencyName("fr.customs");
  private static final int PER_SECOND = 20;
  private static final int BURST = PER_SECOND * Accounts.NOTICE_BURST_SECONDS;

  private long nanos;
  private final Accounts accounts = Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, () -> nanos);
  private final NoticeAdmission admission = admission(PER_SECOND);

  private NoticeAdmission admission(int perSecond) {
    return new NoticeAdmission(
        SELF,
        HUB::equals,
        Set.of(HUB, DE, SG)::contains,
        perSecond,
        agency -> accounts.of(agency.value()),
        () -> nanos);
  }

  private Optional<Code> refusal(AgencyName neighbour, String from) {
    return admission.refusal(neighbour, Notice.newBuilder().setFrom(from).build());
  }

  private int admitted(AgencyName neighbour, AgencyName from, int of) {
    int admitted = 0;
    for (int i = 0; i < of; i++) {
      Optional<Code> refusal = refusal(neighbour, from.value());
      if (refusal.isEmpty()) {
        admitted++;
      } else {
        assertEquals(Optional.of(Code.OVERLOADED), refusal);
      }
    }
    return admitted;
  }

  @Test
  void neighbourThatIsNoTransit_speaksForItselfAlone() {
    assertEquals(Optional.empty(), refusal(DE, "de.customs"));
    assertEquals(Optional.of(Code.IDENTITY_MISMATCH), refusal(DE, "sg.police"));
    assertEquals(Optional.empty(), refusal(HUB, "sg.police"));
    assertEquals(Optional.of(Code.UNKNOWN_PEER), refusal(HUB, "us.cbp"));
    assertEquals(Optional.of(Code.MALFORMED), refusal(DE, ""));
  }

  @Test
  void flood_ofOneAgency_endsAtItsRate_andLeavesOthersTheirs() {
    assertEquals(BURST, admitted(DE, DE, 10 * BURST));
    assertEquals(5, admitted(SG, SG, 5));
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertEquals(PER_SECOND, admitted(DE, DE, 10 * BURST));
  }

  private static Notice signed(AgencyName from) {
    return Notice.newBuilder()
        .setFrom(from.value())
        .setSignedNotice(ByteString.copyFromUtf8("said"))
        .build();
  }

  private void flood(AgencyName neighbour, AgencyName from) {
    for (int i = 0; i < 10 * BURST; i++) {
      var unused = admission.refusal(neighbour, signed(from));
    }
  }

  @Test
  void noticesThatAreDropped_costNoVerification() {
    flood(DE, DE);
    assertEquals(13 * BURST, accounts.of(DE.value()).used(Work.VERIFICATIONS));
    assertEquals(BURST, accounts.of(DE.value()).used(Work.COMMITS));
  }

  /** Threat 76: those of two members behind a transit would need more than its account has. */
  @Test
  void noticesThatATransitCarries_leaveItNoDebt_andOtherMailItsShare() {
    Account transit = accounts.of(HUB.value());
    NoticeAdmission atDefault = admission(NodeConfig.Limits.DEFAULT.perAgencyInForce().notices());
    for (int i = 0; i < 60_000; i++) {
      nanos += TimeUnit.MILLISECONDS.toNanos(1);
      for (AgencyName from : List.of(DE, SG)) {
        var unused = atDefault.refusal(HUB, signed(from));
      }
      assertTrue(transit.spendFor(List.of("us.cbp"), Work.VERIFICATIONS, 2), "" + i);
      assertEquals(0, transit.charge(Work.VERIFICATIONS, 0));
    }
  }

  @Test
  void flood_inTheNameOfAnother_isThatOfItsPath_andTheAgencyIsHeardElsewhere() {
    assertEquals(BURST, admitted(HUB, SG, 10 * BURST));
    assertEquals(5, admitted(SG, SG, 5));
    assertEquals(5, admitted(HUB, DE, 5));
  }
}
