package org.entente.gateway.feature.operation;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.US;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rosters say that {@code fr.customs} signs, and why one is not signed. */
class RosterSigningTest extends OperationLeadFixture {
  RosterSigningTest(@TempDir Path folder) {
    super(folder);
  }

  private static String said(Result<OperationLead.Signed> answer) {
    Problem problem = Results.problem(answer);
    return problem.code() + " " + problem.field() + ": " + problem.message();
  }

  private Result<OperationLead.Signed> create(Instant from, Instant to) {
    return kit.convening()
        .create(CLIENT, "CALM", List.of(participant("de.customs")), from, to, false, PERSON);
  }

  private Result<OperationLead.Signed> change(OperationId id, OperationLead.Change change) {
    return kit.convening().change(CLIENT, id, change, PERSON);
  }

  private SentFacts facts(OperationLead.Signed answer) {
    return new EvidenceRecords(atRest, IntakeKit.SELF)
        .sent(ledger.evidence(), answer.message())
        .orElseThrow();
  }

  @Test
  void firstRoster_saysWhatItWasFoundedWith_andIsOnRecord() {
    OperationLead.Signed answer =
        signed(
            kit.convening()
                .create(
                    CLIENT,
                    "CALM HARBOUR",
                    List.of(participant("de.customs"), observer("us.cbp")),
                    NOW.plusSeconds(60),
                    END,
                    true,
                    PERSON));
    RosterStatement.Content content = answer.roster().content();
    assertEquals(
        new RosterStatement.Terms(
            "CALM HARBOUR", true, false, NOW.plusSeconds(60).toEpochMilli(), END.toEpochMilli()),
        content.terms());
    assertEquals(1, content.place().number());
    assertArrayEquals(RosterStatement.nothingBefore(), content.place().previous());
    assertEquals(IntakeKit.SELF, content.place().signer());
    assertEquals(NOW.toEpochMilli(), content.place().issuedAtMs());
    assertEquals(
        Set.of(participant("de.customs"), observer("us.cbp"), lead("fr.customs")),
        Set.copyOf(content.members()));
    assertTrue(facts(answer).getExercise());
    assertTrue(facts(answer).getRecall(), "nobody recalls it");
    assertEquals(0, facts(answer).getOpenByMs(), "nobody has to open it");
    assertEquals(List.of("de.customs", "us.cbp"), facts(answer).getRecipientsList());
    AuditRecord leaf = journal.only(AuditType.ROSTER_SIGNED);
    assertEquals(LawCategory.NONE, leaf.category());
    assertEquals(answer.roster().toString(), leaf.outcome().detail());
    assertEquals(content.agencies(), leaf.subject().agencies());
    assertEquals(CLIENT, leaf.actor().client());
  }

  @Test
  void time_isToCome_afterItsBeginning_andAtMostTenYears() {
    String wrong =
        "INVALID_FIELD ends_at: must be in the future, after the beginning, and at most ten years"
            + " away";
    Duration longest = RosterStatement.LONGEST;
    assertEquals(wrong, said(create(NOW.minusSeconds(10), NOW)));
    assertEquals(wrong, said(create(NOW.plusSeconds(10), NOW.plusSeconds(10))));
    assertEquals(wrong, said(create(Instant.ofEpochMilli(-1), END)));
    assertEquals(wrong, said(create(NOW, NOW.plus(longest).plusMillis(1))));
    assertEquals(wrong, said(create(NOW.minusMillis(1), NOW.plus(longest))));
    assertEquals(wrong, said(create(NOW.plusSeconds(9), NOW.plusSeconds(9).plus(longest))));
    signed(create(NOW, NOW.plus(longest)));
    signed(create(NOW.minusSeconds(10), NOW.plusMillis(1)));
    signed(create(NOW.plusSeconds(10), NOW.plusSeconds(10).plusMillis(1)));
  }

  @Test
  void members_areTwoAtLeast_eachOnce_withOneLead() {
    String wrong =
        "INVALID_FIELD members: must be 2 to "
            + RosterStatement.MAX_MEMBERS
            + " different agencies including this one, exactly one of which leads";
    assertEquals(wrong, said(create()));
    assertEquals(wrong, said(create(participant("de.customs"), observer("de.customs"))));
    assertEquals(wrong, said(create(lead("de.customs"))));
    RosterMember[] many = new RosterMember[RosterStatement.MAX_MEMBERS];
    for (int i = 0; i < many.length; i++) {
      many[i] = participant("xx.agency" + i);
    }
    assertEquals(wrong, said(create(many)));
    assertTrue(said(create(java.util.Arrays.copyOf(many, 3))).startsWith("UNKNOWN_RECIPIENT "));
    assertTrue(
        said(create(participant("sg.police"))).startsWith("NO_AGREEMENT members: sg.police: "));
    assertEquals(List.of(), journal.types());
  }

  @Test
  void name_andPerson_areChecked() {
    List<RosterMember> others = List.of(participant("de.customs"));
    Result<OperationLead.Signed> unnamed =
        kit.convening().create(CLIENT, "ship 9", others, NOW, END, false, PERSON);
    assertEquals(
        "INVALID_FIELD name: must have 1 to 32 characters of A-Z 0-9 space and -, and begin with a"
            + " letter or digit",
        said(unnamed));
    OperationId id = founded(participant("de.customs"));
    Result<OperationLead.Signed> nobody =
        kit.convening()
            .change(
                CLIENT,
                id,
                new OperationLead.Change(List.of(), Optional.empty(), 0, true, false),
                OnBehalfOf.getDefaultInstance());
    assertEquals("on_behalf_of.officer", Results.problem(nobody).field());
    assertEquals(1, held(id).newest().number());
  }

  @Test
  void nextRoster_buildsOnTheNewest_andGoesToThoseWhoLeaveToo() {
    OperationId id = founded(participant("de.customs"), participant("us.cbp"));
    RosterStatement first = held(id).newest();
    now = NOW.plusSeconds(30);
    Instant later = END.plusSeconds(60);
    OperationLead.Signed answer =
        signed(
            change(
                id,
                new OperationLead.Change(
                    List.of(lead("fr.customs"), participant("de.customs")),
                    Optional.of(later),
                    1,
                    false,
                    false)));
    RosterStatement.Content content = answer.roster().content();
    assertEquals(2, content.place().number());
    assertArrayEquals(first.hash(), content.place().previous());
    assertEquals(now.toEpochMilli(), content.place().issuedAtMs());
    assertEquals(id, content.place().operation());
    assertEquals(
        new RosterStatement.Terms(
            "CALM HARBOUR", false, false, NOW.toEpochMilli(), later.toEpochMilli()),
        content.terms());
    assertEquals(List.of("de.customs", "us.cbp"), facts(answer).getRecipientsList());
    assertFalse(content.agencies().contains(US));
    assertTrue(content.agencies().contains(DE));
    assertTrue(held(id).newest().isSame(answer.roster()));
  }

  @Test
  void nextRoster_withoutMembersOrEnd_keepsThose_andAClosingOneSaysSo() {
    OperationId id = founded(participant("de.customs"), participant("us.cbp"));
    now = END.plusSeconds(1);
    Result<OperationLead.Signed> late =
        change(id, new OperationLead.Change(List.of(), Optional.empty(), 0, false, false));
    assertEquals("INVALID_FIELD ends_at", said(late).substring(0, 21));
    OperationLead.Signed closed =
        signed(change(id, new OperationLead.Change(List.of(), Optional.empty(), 0, true, false)));
    assertTrue(closed.roster().content().terms().closed());
    assertEquals(END.toEpochMilli(), closed.roster().content().terms().endsAtMs());
    assertEquals(3, closed.roster().content().members().size());
    assertEquals(closed.roster() + ", which closes it", journal.last().outcome().detail());
    Result<OperationLead.Signed> after =
        change(id, new OperationLead.Change(List.of(), Optional.empty(), 0, true, false));
    assertEquals("members", Results.problem(after).field());
  }

  @Test
  void change_ofWhatIsUnknown_orStale_namesIt() {
    OperationId id = founded(participant("de.customs"));
    OperationId unknown = OperationId.fresh(1, random);
    assertEquals(
        "NOT_FOUND operation_id: no operation " + unknown + " is stored here",
        said(
            change(
                unknown, new OperationLead.Change(List.of(), Optional.empty(), 0, true, false))));
    assertEquals(
        "ROSTER_STALE seen_number: roster 1 is in force", said(change(id, 2, lead("fr.customs"))));
    Result<OperationLead.Signed> handedOver =
        change(id, 1, participant("fr.customs"), lead("de.customs"));
    signed(handedOver);
    assertEquals(
        "OPERATION_ROLE operation_id: de.customs leads the operation",
        said(change(id, 2, lead("fr.customs"), participant("de.customs"))));
    assertEquals(Code.OPERATION_ROLE, Results.problem(change(id, 9, lead("fr.customs"))).code());
  }
}
