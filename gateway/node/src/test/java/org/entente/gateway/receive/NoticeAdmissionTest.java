package org.entente.gateway.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Notice;
import org.junit.jupiter.api.Test;

/** Threats 76 and 77: which notices of a neighbour are read at all. */
class NoticeAdmissionTest {
  private static final AgencyName HUB = new AgencyName("x.hub");
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final AgencyName SG = new AgencyName("sg.police");
  private static final int PER_SECOND = 20;
  private static final int BURST = PER_SECOND * Accounts.NOTICE_BURST_SECONDS;

  private long nanos;
  private final Accounts accounts = Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, () -> nanos);
  private final NoticeAdmission admission =
      new NoticeAdmission(
          HUB::equals,
          Set.of(HUB, DE, SG)::contains,
          PER_SECOND,
          agency -> accounts.of(agency.value()),
          () -> nanos);

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

  @Test
  void flood_inTheNameOfAnother_isThatOfItsPath_andTheAgencyIsHeardElsewhere() {
    assertEquals(BURST, admitted(HUB, SG, 10 * BURST));
    assertEquals(5, admitted(SG, SG, 5));
    assertEquals(5, admitted(HUB, DE, 5));
  }
}
