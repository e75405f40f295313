package org.entente.gateway.intake;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.release.HeldDrafts;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Problem;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publishing leaves in one commit, what would become of a draft, and what follows it. */
class PublicationTest {
  private static final NodeName CLIENT = new NodeName("declarations");
  private static final String PART = "a".repeat(16);

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(PolicyFixture.NOW);
  private final RecordedLeaves leaves = new RecordedLeaves();
  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
  private final EvidenceRecords records = new EvidenceRecords(atRest, IntakeKit.SELF);
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStore store = new MemoryStore(disk);
  private final Ledger ledger = QuietLedger.started(store, clock, leaves);
  private Policy policy;

  @AutoClose("closeWithLedger")
  private IntakeKit kit;

  PublicationTest(@TempDir Path folder) {
    String kinds = "kinds: [ALERT, REQUEST, ANSWER]";
    policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "sample.yaml",
                PolicyFixture.sample("kinds: [ALERT]", kinds),
                "german.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: german",
                    "kinds: [ALERT]",
                    kinds,
                    SG.value(),
                    DE.value(),
                    "valid:",
                    "redactions: [label.case_ref, label.source_ref]\nvalid:")));
    kit = kit(1_000, 64 << 20);
  }

  private IntakeKit kit(int drafts, int bytes) {
    return kit(clock, drafts, bytes);
  }

  private IntakeKit kit(InstantSource time, int drafts, int bytes) {
    return new IntakeKit(
        ledger,
        atRest,
        () -> policy,
        time,
        SecretBytes.random(random, 32),
        new HeldDrafts.Limits(2, 2, 1 << 20, IntakeKit.HELD, /* sameClient= */ false),
        IntakeKit.limits(drafts, bytes));
  }

  private static Draft.Builder draft(String key, AgencyName... to) {
    String[] names = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      names[i] = to[i].value();
    }
    return PolicyFixture.draft(PolicyFixture.label(), names)
        .setIdempotencyKey(key)
        .setOnBehalfOf(RequestSamples.PERSON);
  }

  private Outcome publish(Draft.Builder draft) {
    return publish(CLIENT, draft);
  }

  private Outcome publish(NodeName client, Draft.Builder draft) {
    return kit.intake().publish(client, draft.build()).join();
  }

  private static MessageId id(Outcome outcome) {
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private SentFacts facts(MessageId id) {
    return records.sent(ledger.evidence(), id).orElseThrow();
  }

  private boolean counted(String sample) {
    return kit.meters().text().contains(sample);
  }

  @Test
  void accepted_draft_saysWhoIsPermitted_andWhoWasRefusedByWhichRule() {
    Outcome outcome = publish(draft("k1", SG, US));
    assertEquals("k1", outcome.getIdempotencyKey());
    assertTrue(outcome.getPosition() > 0);
    Accepted accepted = outcome.getAccepted();
    Permit permit = accepted.getPermits(0);
    assertEquals(SG.value(), permit.getAgency());
    assertEquals("sample", permit.getAgreement());
    assertEquals(90, permit.getRetentionDays());
    assertEquals(1, accepted.getPermitsCount());
    Refusal refusal = accepted.getRefusals(0);
    assertEquals(US.value(), refusal.getAgency());
    assertEquals("NO_AGREEMENT", refusal.getCode());
    assertFalse(refusal.getReason().isEmpty());
    assertEquals(
        "WHO_MUST_ACT_" + Code.NO_AGREEMENT.whoMustAct().name(), refusal.getWhoMustAct().name());
    assertTrue(publish(draft("k2", SG)).getPosition() > outcome.getPosition());
    assertTrue(counted("entente_published_total{outcome=\"accepted\",exercise=\"false\",} 2.0"));
    assertTrue(counted("entente_refused_total{side=\"egress\",code=\"NO_AGREEMENT\",} 1.0"));
  }

  /** Attack, or a long failure: what waited for one recipient filled the disk for all others. */
  @Test
  void mailOfARecipientBeyondItsShareOfTheDisk_isRefused_andThatOfOthersAndFlashAreNot() {
    publish(new NodeName("first"), draft("k1", SG));
    publish(new NodeName("second"), draft("k2", SG));
    long waiting = ledger.outbox().bytes(SG, Lane.ROUTINE);
    disk.free(DiskThresholds.DEFAULT.refuseBelow() + 2 * waiting);
    assertTrue(ledger.room().look());
    Problem alone = publish(draft("k3", SG)).getInvalid();
    assertEquals("OVERLOADED", alone.getCode());
    assertEquals("to", alone.getField());
    assertEquals("OVERLOADED", publish(draft("k3", SG, US)).getInvalid().getCode());
    Draft.Builder flash = draft("k5", SG);
    flash.getLabelBuilder().setPrecedence(Precedence.PRECEDENCE_FLASH);
    assertTrue(publish(flash).hasAccepted());
    assertEquals(
        waiting,
        new OutboxTable(store, new UnreadableRecords()).bytes(SG, Lane.ROUTINE),
        "counted");

    OutboxTable.NumberedEntry first = ledger.outbox().page(SG, Lane.ROUTINE, null, 9).get(0);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.outbox().remove(tx, SG, first.number());
          ledger.outbox().remove(tx, SG, first.number());
          return tx;
        });
    assertEquals(waiting - first.entry().getBytes(), ledger.outbox().bytes(SG, Lane.ROUTINE));
    assertTrue(publish(draft("k3", SG)).hasAccepted());
  }

  /** Attack: a member that confirms nothing stopped all drafts to the groups that it is in. */
  @Test
  void recipientBeyondItsShareOfTheDisk_isRefused_andTheOthersOfADraftHaveIt() {
    for (int i = 0; i < 4; i++) {
      publish(draft("before" + i, SG));
    }
    long waiting = ledger.outbox().bytes(SG, Lane.ROUTINE);
    disk.free(DiskThresholds.DEFAULT.refuseBelow() + 2 * waiting);
    assertTrue(ledger.room().look());

    assertOnlyToDe(publish(draft("k2", DE, SG)));
    Draft.Builder all = draft("k3");
    all.getToBuilder().setWhomAgreementsAllow(true);
    assertOnlyToDe(publish(all));
    assertEquals(waiting, ledger.outbox().bytes(SG, Lane.ROUTINE));
    assertTrue(counted("entente_refused_total{side=\"egress\",code=\"OVERLOADED\",} 2.0"));
  }

  private void assertOnlyToDe(Outcome outcome) {
    Accepted accepted = outcome.getAccepted();
    assertEquals(
        List.of(DE.value()), accepted.getPermitsList().stream().map(Permit::getAgency).toList());
    Refusal refusal = accepted.getRefusals(0);
    assertEquals(SG.value(), refusal.getAgency());
    assertEquals("OVERLOADED", refusal.getCode());
    assertTrue(refusal.getReason().contains("wait for sg.police"), refusal::toString);
    assertEquals(List.of(DE.value()), facts(id(outcome)).getRecipientsList());
    assertEquals(AuditType.REFUSED, leaves.last().type());
    assertEquals("OVERLOADED", leaves.last().outcome().code());
  }

  /** Attack: a client that publishes most left nothing to the agency's others, for a month. */
  @Test
  void mailOfAClientBeyondItsShareForARecipient_isRefused_andThatOfOtherClientsIsNot() {
    publish(draft("k1", SG));
    long one = ledger.outbox().bytes(SG, Lane.ROUTINE);
    disk.free(DiskThresholds.DEFAULT.refuseBelow() + 20 * one);
    assertTrue(ledger.room().look());
    int taken = 1;
    Outcome last;
    do {
      last = publish(draft("more" + taken++, SG));
    } while (last.hasAccepted());
    assertEquals("OVERLOADED", last.getInvalid().getCode());
    assertEquals(5, taken - 1, "half of the ten for which there is room");
    assertTrue(publish(new NodeName("other"), draft("o1", SG)).hasAccepted());
    assertTrue(publish(draft("k2", DE)).hasAccepted());

    ByteString token = ByteString.copyFrom(ledger.names().token(CLIENT.value()));
    long own = ledger.outbox().bytes(SG, Lane.ROUTINE, token);
    assertEquals(5 * one, own);
    OutboxTable reopened = new OutboxTable(store, new UnreadableRecords());
    assertEquals(own, reopened.bytes(SG, Lane.ROUTINE, token), "counted");
    List<OutboxTable.NumberedEntry> all = ledger.outbox().page(SG, Lane.ROUTINE, null, 99);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          var moved = ledger.outbox().move(tx, SG, all.get(0).number(), all.get(0).entry());
          ledger.outbox().withdraw(tx, SG, moved, all.get(0).entry());
          ledger.outbox().remove(tx, SG, moved);
          all.stream().skip(1).forEach(it -> ledger.outbox().remove(tx, SG, it.number()));
          return tx;
        });
    assertEquals(0, ledger.outbox().bytes(SG, Lane.ROUTINE, token));
    assertEquals(0, ledger.outbox().bytes(SG, Lane.ROUTINE));
    assertTrue(publish(draft("k3", SG)).hasAccepted());
  }

  @Test
  void accepted_draft_isOnRecord_withItsEnvelopeAndAgreement_andWhoWasRefused() {
    Outcome outcome = publish(draft("k1", SG, US));
    AuditRecord leaf = leaves.only(AuditType.ACCEPTED);
    assertEquals(LawCategory.DISCLOSURE, leaf.category());
    assertEquals(CLIENT, leaf.actor().client());
    assertEquals("FR-12", requireNonNull(leaf.actor().onBehalfOf()).officer());
    assertEquals(List.of(id(outcome)), leaf.subject().messages());
    assertEquals(List.of(SG), leaf.subject().agencies());
    assertEquals("sample", leaf.basis().agreement());
    assertEquals(policy.version(), leaf.basis().policyVersion());
    assertEquals("", leaf.outcome().detail());
    assertEquals(clock.instant(), leaf.at());
    OutboxTable.NumberedEntry owed = ledger.outbox().page(SG, Lane.ROUTINE, null, 9).get(0);
    assertEquals(owed.entry().getHeaderHash(), leaf.subject().headerHash());
    assertTrue(
        records
            .openHeader(
                requireNonNull(
                    ledger.evidence().header(owed.entry().getHeaderHash().toByteArray())))
            .isPresent());
    AuditRecord refused = leaves.only(AuditType.REFUSED);
    assertEquals(LawCategory.NONE, refused.category());
    assertEquals("NO_AGREEMENT", refused.outcome().code());
    assertTrue(refused.outcome().detail().startsWith("us.cbp by rule "));
    assertEquals(List.of(id(outcome)), refused.subject().messages());
    assertEquals(policy.version(), refused.basis().policyVersion());
    assertEquals(0, ledger.outbox().page(US, Lane.ROUTINE, null, 9).size());
  }

  /** Attack: each unknown name left a leaf and evidence, thousands of times what was sent. */
  @Test
  void draft_toManyUnknownNames_isInvalid_andLeavesNothing() {
    Draft.Builder most = draft("k1", SG);
    for (int i = 0; i < 16; i++) {
      most.getToBuilder().addAgencies("xx.stranger" + i);
    }
    Outcome accepted = publish(most);
    assertEquals(16, accepted.getAccepted().getRefusalsCount());
    AuditRecord leaf = leaves.only(AuditType.REFUSED);
    assertEquals("UNKNOWN_RECIPIENT", leaf.outcome().code());
    assertTrue(leaf.outcome().detail().startsWith("16 recipients: xx.stranger0 by rule "));
    int before = leaves.count();
    Draft.Builder more = draft("k2", SG);
    more.setTo(most.getTo().toBuilder().addAgencies("xx.stranger16"));
    Problem problem = publish(more).getInvalid();
    assertEquals("UNKNOWN_RECIPIENT", problem.getCode());
    assertEquals("to", problem.getField());
    assertTrue(problem.getMessage().startsWith("17 names "), problem.getMessage());
    assertEquals(before, leaves.count());
    assertEquals(
        "UNKNOWN_RECIPIENT",
        kit.intake()
            .explaining()
            .explain(CLIENT, ExplainRequest.newBuilder().setDraft(more).build())
            .fold(done -> "explained", refused -> refused.code().name()));
  }

  /** Whom it went to, on which terms, and until when they have. */
  @Test
  void accepted_draft_leavesWhatIsKnownOfItsRecipients() {
    Draft.Builder draft = draft("k1", SG, DE);
    draft
        .getLabelBuilder()
        .setPrecedence(Precedence.PRECEDENCE_IMMEDIATE)
        .setClassification(Classification.CLASSIFICATION_RESTRICTED)
        .setCaseRef("case 12/26")
        .setLegalBasis("article 9");
    MessageId id = id(publish(draft));
    SentFacts facts = facts(id);
    assertEquals(Set.of(SG.value(), DE.value()), Set.copyOf(facts.getRecipientsList()));
    assertEquals(2, facts.getRecipientsCount());
    assertFalse(facts.getExercise() || facts.getRecall());
    assertEquals(Precedence.PRECEDENCE_IMMEDIATE_VALUE, facts.getPrecedence());
    assertEquals(clock.millis(), facts.getAcceptedAtMs());
    assertEquals(clock.instant().plus(Duration.ofDays(10)).toEpochMilli(), facts.getExpiresAtMs());
    assertEquals(2, facts.getPartsCount());
    SentPart part =
        facts.getPartsList().stream()
            .filter(one -> one.getAgreement().equals("sample"))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of(SG.value()), part.getRecipientsList());
    assertEquals("article 9", part.getLegalBasis());
    assertEquals("case 12/26", part.getCaseRef());
    assertEquals(Category.CATEGORY_IPR_VALUE, part.getCategory());
    assertEquals(Purpose.PURPOSE_IPR_ENFORCEMENT_VALUE, part.getPurpose());
    assertEquals(Kind.KIND_ALERT_VALUE, part.getKind());
    assertEquals(Classification.CLASSIFICATION_RESTRICTED_VALUE, part.getClassification());
    assertEquals(90, part.getRetentionDays());
    assertFalse(part.getPersonalData() || part.getInformation());
    assertEquals(
        List.of(id),
        ledger.awaited().due(Long.MAX_VALUE - 1, 10).stream()
            .flatMap(some -> some.ids().stream())
            .toList());
  }

  /** The leaf of each envelope names what its recipients were not given. */
  @Test
  void accepted_draft_saysWhatIsWithheld_fromThoseFromWhomItIs() {
    Draft.Builder draft = draft("k1", SG, DE);
    draft.getLabelBuilder().setCaseRef("case 12/26").setSourceRef("S-7");
    Outcome outcome = publish(draft);
    for (Permit permit : outcome.getAccepted().getPermitsList()) {
      boolean german = permit.getAgency().equals(DE.value());
      assertEquals(
          german ? List.of("label.case_ref", "label.source_ref") : List.of(),
          permit.getWithheldList());
    }
    for (AuditRecord leaf : leaves.all()) {
      assertEquals(
          leaf.subject().agencies().equals(List.of(DE))
              ? "without label.case_ref, label.source_ref"
              : "",
          leaf.outcome().detail());
    }
    assertEquals(2, leaves.count());
  }

  /** Who is shown one message of a leaf learns nothing of the others. */
  @Test
  void acceptance_ofMessagesFromWhichOtherFieldsAreWithheld_isInLeavesOfTheirOwn(
      @TempDir Path folder) {
    String fields = "label.case_ref, body.alert.subjects.person";
    policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "german.yaml",
                PolicyFixture.sample(
                    "kinds: [ALERT]",
                    "kinds: [ALERT, REQUEST]",
                    SG.value(),
                    DE.value(),
                    "valid:",
                    "redactions: [" + fields + "]\nvalid:")));
    List<Draft> drafts =
        List.of(draft("k1", DE).build(), request("k2", DE).build(), draft("k3", DE).build());
    List<MessageId> ids =
        kit.intake().publish(CLIENT, drafts).stream().map(done -> id(done.join())).toList();

    List<AuditRecord> accepted =
        leaves.all().stream().filter(leaf -> leaf.type() == AuditType.ACCEPTED).toList();
    assertEquals(2, accepted.size());
    assertEquals(
        accepted.get(0).subject().headerHash(),
        accepted.get(1).subject().headerHash(),
        "one envelope");
    for (AuditRecord leaf : accepted) {
      boolean request = leaf.subject().messages().equals(List.of(ids.get(1)));
      assertEquals(
          request ? "without label.case_ref" : "without body.alert.subjects.person, label.case_ref",
          leaf.outcome().detail());
      if (!request) {
        assertEquals(List.of(ids.get(0), ids.get(2)), leaf.subject().messages());
      }
    }
  }

  @Test
  void failure_ofTheLedger_isThatOfTheDraft() {
    store.failNextCommit(new StoreFailure(StoreFailure.Kind.IO, "power", null));
    CompletableFuture<Outcome> refused = kit.intake().publish(CLIENT, draft("k1", US).build());
    assertThrows(CompletionException.class, refused::join);
    assertThrows(CompletionException.class, () -> publish(draft("k2", SG)));
  }

  /** While one draft is in hand, this gateway's clock cannot be read. */
  @Test
  void failure_overOneOfSeveralDrafts_isItsOwn_andTheOthersKeepTheirAnswers() {
    kit.close();
    Thread caller = Thread.currentThread();
    boolean[] broken = new boolean[1];
    InstantSource failing =
        () -> {
          if (broken[0] && Thread.currentThread().equals(caller)) {
            throw new IllegalStateException("no time");
          }
          return clock.instant();
        };
    kit = kit(failing, 1_000, 64 << 20);
    List<Draft> drafts =
        new AbstractList<>() {
          @Override
          public Draft get(int index) {
            broken[0] = index == 2;
            return draft("k" + index, index == 1 ? US : SG).build();
          }

          @Override
          public int size() {
            return 4;
          }
        };
    List<CompletableFuture<Outcome>> outcomes = kit.intake().publish(CLIENT, drafts);
    assertEquals(4, outcomes.size());
    assertTrue(outcomes.get(0).join().hasAccepted());
    assertTrue(outcomes.get(1).join().hasRefused());
    assertThrows(CompletionException.class, () -> outcomes.get(2).join());
    assertTrue(outcomes.get(3).join().hasAccepted());
    assertTrue(publish(draft("k2", SG)).hasAccepted(), "nothing of it was kept");
    assertEquals(outcomes.get(0).join(), publish(draft("k0", SG)));
  }

  @Test
  void exercise_isMarkedEverywhere() {
    Draft.Builder draft = draft("k1", SG);
    draft.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    MessageId id = id(publish(draft));
    assertTrue(facts(id).getExercise());
    assertTrue(counted("entente_published_total{outcome=\"accepted\",exercise=\"true\",} 1.0"));
    publish(draft("k2", US).setLabel(draft.getLabelBuilder()));
    assertTrue(counted("entente_published_total{outcome=\"refused\",exercise=\"true\",} 1.0"));
    publish(draft("", SG).setLabel(draft.getLabelBuilder()));
    assertTrue(counted("entente_published_total{outcome=\"invalid\",exercise=\"true\",} 1.0"));
  }

  @Test
  void subjects_ofADraft_findIt() {
    MessageId id = id(publish(request("k1", SG)));
    List<MessageId> found = new ArrayList<>();
    org.entente.gateway.policy.subject.SubjectTerms.of(
            RequestSamples.asks().build(),
            RequestSamples.request(
                Wanted.WANTED_HIT_NO_HIT, clock.instant().plus(Duration.ofDays(2))))
        .forEach(term -> ledger.subjects().find(atRest, term, found::add));
    assertTrue(found.contains(id));
  }

  @Test
  void refused_draft_isOnRecord_withEvidence_andItsOutcomeIsRemembered() {
    Outcome outcome = publish(draft("k1", US));
    assertEquals("k1", outcome.getIdempotencyKey());
    assertEquals(1, outcome.getRefused().getRefusalsCount());
    AuditRecord leaf = leaves.only(AuditType.REFUSED);
    assertEquals(CLIENT, leaf.actor().client());
    assertEquals(List.of(id(outcome)), leaf.subject().messages());
    EvidenceItem item = records.known(ledger.evidence(), id(outcome)).get(0);
    assertEquals("NO_AGREEMENT", item.getCode());
    assertEquals(US.value(), item.getRecipient());
    assertEquals(IntakeKit.SELF.value(), item.getAgency());
    assertEquals(outcome.getRefused().getRefusals(0).getReason(), item.getReason());
    assertEquals(outcome, publish(draft("k1", US)));
    assertEquals(1, leaves.count());
    clock.move(OutcomeMemory.REMEMBERED);
    assertFalse(outcome.equals(publish(draft("k1", US))));
  }

  @Test
  void key_usedForAnotherDraft_isRefused_andChangesNothing() {
    Outcome outcome = publish(draft("k1", SG));
    Outcome other = publish(draft("k1", DE));
    assertEquals("IDEMPOTENCY_KEY_REUSED", other.getInvalid().getCode());
    assertEquals("idempotency_key", other.getInvalid().getField());
    assertEquals("k1", other.getIdempotencyKey());
    assertEquals(outcome, publish(draft("k1", SG)));
    assertEquals(
        outcome,
        kit.intake().publish(CLIENT, draft("k1", SG).build()).join(),
        "of the same client");
    Outcome elsewhere =
        kit.intake().publish(new NodeName("another"), draft("k1", DE).build()).join();
    assertTrue(elsewhere.hasAccepted(), "a key is its client's");
  }

  @Test
  void invalid_draft_namesTheField_whoMustAct_andIsCounted() {
    Draft.Builder draft = draft("k1", SG);
    draft.getLabelBuilder().clearCategory();
    Problem problem = publish(draft).getInvalid();
    assertEquals("label.category", problem.getField());
    Code code = Code.valueOf(problem.getCode());
    assertEquals("WHO_MUST_ACT_" + code.whoMustAct().name(), problem.getWhoMustAct().name());
    assertEquals(code.retry(), problem.getRetry());
    assertFalse(problem.getMessage().isEmpty());
    assertTrue(
        counted("entente_refused_total{side=\"client\",code=\"" + problem.getCode() + "\",} 1.0"));
    assertTrue(counted("entente_published_total{outcome=\"invalid\",exercise=\"false\",} 1.0"));
    assertEquals(0, leaves.count());
  }

  @Test
  void draft_inReplyToWhatIsNotHere_isCountedAsItsClientsProblem() {
    Draft.Builder draft = draft("k1", SG);
    draft.getLabelBuilder().setReferences(ByteString.copyFromUtf8(PART));
    Problem problem = publish(draft).getInvalid();
    assertTrue(counted("entente_refused_total{side=\"client\",code=\"" + problem.getCode()));
    Draft.Builder answer =
        RequestSamples.draft(
            "k2",
            RequestSamples.answers(
                MessageId.of(PART.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
            RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT),
            SG.value());
    Problem unasked = publish(answer).getInvalid();
    assertEquals("NOT_FOUND", unasked.getCode());
    assertTrue(counted("entente_refused_total{side=\"client\",code=\"NOT_FOUND\",}"));
    Draft.Builder operation = draft("k3", SG);
    operation.clearTo();
    operation.getToBuilder().setOperation(ByteString.copyFromUtf8(PART));
    assertEquals("ROSTER_UNKNOWN", publish(operation).getInvalid().getCode());
    assertTrue(counted("entente_refused_total{side=\"client\",code=\"ROSTER_UNKNOWN\",} 1.0"));
    assertEquals(0, leaves.count());
    assertEquals(0, kit.intake().waiting());
  }

  /** A client's share is given back with every outcome, and the same key at once gives one. */
  @Test
  void share_ofAClient_isGivenBack_withWhateverOutcome() {
    kit.close();
    int size = draft("k00", SG).build().getSerializedSize();
    kit = kit(1, 3 * size);
    for (int i = 10; i < 20; i++) {
      Outcome accepted = publish(draft("k" + i, SG));
      assertTrue(accepted.hasAccepted(), accepted::toString);
      Outcome refused = publish(draft("r" + i, US));
      assertTrue(refused.hasRefused(), refused::toString);
    }
    Draft.Builder twice = draft("k99", SG);
    List<Outcome> outcomes = new ArrayList<>();
    List.of(
            kit.intake().publish(CLIENT, twice.build()),
            kit.intake().publish(CLIENT, twice.build()))
        .forEach(one -> outcomes.add(one.join()));
    assertTrue(
        outcomes.get(1).equals(outcomes.get(0))
            || outcomes.get(1).getInvalid().getCode().equals("OVERLOADED"),
        outcomes::toString);
  }

  private Result<Explanation> explain(Draft.Builder draft) {
    return kit.intake()
        .explaining()
        .explain(CLIENT, ExplainRequest.newBuilder().setDraft(draft).build());
  }

  private static String problem(Result<Explanation> answer) {
    var problem = Results.problem(answer);
    return problem.code() + " " + problem.field();
  }

  @Test
  void explanation_saysWhatWouldBecomeOfADraft_andChangesNothing() {
    Explanation explained = Results.value(explain(draft("k1", SG, US)));
    assertEquals(policy.version(), explained.policyVersion());
    assertEquals("sample", explained.recipients().get(0).permittedBy().orElseThrow());
    assertEquals(Code.NO_AGREEMENT, explained.recipients().get(1).refusal().orElseThrow().code());
    assertEquals(0, leaves.count());
  }

  @Test
  void explanation_ofWhatWouldBeInvalid_saysWhy_inTheOrderOfPublishing() {
    Draft.Builder draft = draft("k1", SG);
    draft.getLabelBuilder().clearCategory();
    assertTrue(problem(explain(draft)).endsWith(" label.category"));
    Draft.Builder update = draft("k1", SG);
    update.getLabelBuilder().setReferences(ByteString.copyFromUtf8(PART));
    String published = publish(update).getInvalid().getField();
    assertTrue(problem(explain(update)).endsWith(" " + published));
    Draft.Builder answer =
        RequestSamples.draft(
            "k2",
            RequestSamples.answers(
                MessageId.of(PART.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
            RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT),
            SG.value());
    assertEquals("NOT_FOUND label.in_reply_to", problem(explain(answer)));
    Draft.Builder operation = draft("k3", SG);
    operation.clearTo();
    operation.getToBuilder().setOperation(ByteString.copyFromUtf8(PART));
    assertEquals("ROSTER_UNKNOWN to.operation", problem(explain(operation)));
  }

  private Draft.Builder request(String key, AgencyName... to) {
    Draft.Builder draft =
        RequestSamples.draft(
            key,
            RequestSamples.asks(),
            RequestSamples.request(
                Wanted.WANTED_HIT_NO_HIT, clock.instant().plus(Duration.ofDays(2))),
            to[0].value());
    for (int i = 1; i < to.length; i++) {
      draft.getToBuilder().addAgencies(to[i].value());
    }
    return draft;
  }

  private RemindRequest.Builder reminder(MessageId of, String... agencies) {
    return RemindRequest.newBuilder()
        .setRequestId(ByteString.copyFrom(of.bytes()))
        .addAllAgencies(List.of(agencies))
        .setText("Any news?")
        .setLanguage("en")
        .setOnBehalfOf(RequestSamples.PERSON);
  }

  private Result<List<Outcome>> remind(RemindRequest.Builder request) {
    return kit.reminding().remind(CLIENT, request.build()).join();
  }

  private String refused(RemindRequest.Builder request) {
    var problem = Results.problem(remind(request));
    return problem.code() + " " + problem.field() + ": " + problem.message();
  }

  @Test
  void reminder_goesToAllWhoOweAnAnswer_oncePerAgreement_onTheTermsOfItsRequest() {
    MessageId id = id(publish(request("k1", SG, DE)));
    List<Outcome> outcomes = Results.value(remind(reminder(id)));
    assertEquals(2, outcomes.size());
    Set<String> recipients =
        Set.of(
            outcomes.get(0).getAccepted().getPermits(0).getAgency(),
            outcomes.get(1).getAccepted().getPermits(0).getAgency());
    assertEquals(Set.of(SG.value(), DE.value()), recipients);
    SentPart part = facts(id(outcomes.get(0))).getParts(0);
    assertEquals(Kind.KIND_REQUEST_VALUE, part.getKind());
    assertEquals(Category.CATEGORY_IPR_VALUE, part.getCategory());
    assertTrue(outcomes.get(0).getIdempotencyKey().startsWith("remind:"));
    assertTrue(refused(reminder(id)).startsWith("DEADLINE_RUNS label.in_reply_to: "), "too soon");
    clock.move(Duration.ofHours(1));
    assertEquals(1, Results.value(remind(reminder(id, SG.value()))).size());
  }

  @Test
  void reminder_ofWhatWasNotAsked_orOfWhom_isRefused() {
    MessageId alert = id(publish(draft("k1", SG)));
    MessageId id = id(publish(request("k2", SG)));
    String nothing = "NOT_FOUND request_id: this agency sent no request with this id";
    assertEquals(nothing, refused(reminder(alert)));
    assertEquals(nothing, refused(reminder(MessageId.fresh(1, random))));
    assertEquals(
        "NOT_FOUND agencies: the request was not sent to [de.customs]",
        refused(reminder(id, SG.value(), DE.value())));
    assertEquals(
        "INVALID_FIELD request_id: must have 16 bytes",
        refused(reminder(id).setRequestId(ByteString.EMPTY)));
    String[] many = new String[LabelCheck.MAX_AGENCIES + 1];
    java.util.Arrays.fill(many, SG.value());
    assertEquals(
        "INVALID_FIELD agencies: must have at most " + LabelCheck.MAX_AGENCIES + " entries",
        refused(reminder(id, many)));
  }

  @Test
  void reminder_publishedAsADraft_mustMatchItsRequest() {
    MessageId id = id(publish(request("k1", SG)));
    Draft.Builder right = request("k2", SG);
    right.getBodyBuilder().getRequestBuilder().clearSubjects().clearAnswerBy().setReminder(true);
    right.getLabelBuilder().setInReplyTo(ByteString.copyFrom(id.bytes()));
    Draft.Builder elsewhere = right.clone().setIdempotencyKey("k3");
    elsewhere.getToBuilder().addJurisdictions("DE");
    assertEquals("to", publish(elsewhere).getInvalid().getField());
    Draft.Builder other = right.clone().setIdempotencyKey("k4");
    other.getLabelBuilder().setCategory(Category.CATEGORY_TRAFFICKING);
    assertEquals("label.category", publish(other).getInvalid().getField());
    Draft.Builder purpose = right.clone().setIdempotencyKey("k5");
    purpose.getLabelBuilder().setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL);
    assertEquals("label.purpose", publish(purpose).getInvalid().getField());
    Draft.Builder stranger = right.clone().setIdempotencyKey("k6");
    stranger.getToBuilder().addAgencies(DE.value());
    assertEquals("NOT_FOUND", publish(stranger).getInvalid().getCode());
    Outcome outcome = publish(right);
    assertTrue(outcome.hasAccepted(), outcome::toString);
  }

  private Result<MessageRecall.Sent> recall(MessageId id, String reason, OnBehalfOf person) {
    return kit.recalling().recall(CLIENT, id, reason, person, lookUps -> {}).join();
  }

  private String refusal(MessageId id, String reason, OnBehalfOf person) {
    var problem = Results.problem(recall(id, reason, person));
    return problem.code() + " " + problem.field();
  }

  @Test
  void recall_takesItBack_fromAllWhoWereSentIt_onRecord() {
    MessageId id = id(publish(draft("k1", SG, DE)));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger
              .awaited()
              .list(
                  tx,
                  UnopenedRecord.newBuilder()
                      .setMessageId(ByteString.copyFrom(id.bytes()))
                      .setRecipient(SG.value())
                      .build());
          return tx;
        });
    clock.move(Duration.ofMinutes(5));
    MessageRecall.Sent sent =
        Results.value(recall(id, "the goods were genuine", RequestSamples.PERSON));
    assertEquals(Set.of(SG.value(), DE.value()), Set.copyOf(sent.recipients()));
    assertEquals(ByteString.copyFrom(sent.recall().bytes()), facts(id).getRecallId());
    assertEquals(clock.millis(), facts(id).getTakenBackAtMs());
    assertTrue(facts(sent.recall()).getRecall());
    assertTrue(ledger.retention().isTakenBack(id));
    assertEquals(AwaitedEvidenceTable.ListingState.ENDED, ledger.awaited().listing(id, SG.value()));
    AuditRecord leaf = leaves.only(AuditType.RECALLED);
    assertEquals(LawCategory.ERASURE, leaf.category());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals(Set.of(SG, DE), Set.copyOf(leaf.subject().agencies()));
    assertEquals("the goods were genuine", leaf.outcome().detail());
    assertEquals(CLIENT, leaf.actor().client());
    assertEquals("NOT_FOUND message_id", refusal(sent.recall(), "again", RequestSamples.PERSON));
  }

  private MessageRecall.Sent recalled(MessageId id) {
    return Results.value(recall(id, "was wrong", RequestSamples.PERSON));
  }

  private long flash(AgencyName recipient) {
    return ledger.outbox().bytes(recipient, Lane.FLASH);
  }

  /** Attack: one client recalled a message again and again, and nobody's FLASH had room. */
  @Test
  void recall_thatWaits_isTheAnswerToFurtherOnes_andTakesNoMoreRoom() {
    MessageId id = id(publish(draft("k1", SG, DE)));
    List<CompletableFuture<Result<MessageRecall.Sent>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(
          kit.recalling().recall(CLIENT, id, "was wrong", RequestSamples.PERSON, lookUps -> {}));
    }
    MessageRecall.Sent first = recalled(id);
    all.forEach(one -> assertEquals(first.recall(), Results.value(one.join()).recall()));
    assertEquals(Set.of(SG.value(), DE.value()), Set.copyOf(first.recipients()));
    assertEquals(1, ledger.outbox().page(SG, Lane.FLASH, null, 9).size());
    assertNotNull(leaves.only(AuditType.RECALLED));
    assertEquals(
        "INVALID_FIELD on_behalf_of.officer", refusal(id, "why", OnBehalfOf.getDefaultInstance()));
    assertEquals(
        "INVALID_FIELD on_behalf_of.officer",
        refusal(id, "why", RequestSamples.PERSON.toBuilder().setOfficer("a\u0007").build()));

    // DE states that it has it, though other mail waits for it: another goes there alone.
    recalled(id(publish(draft("k2", SG, DE))));
    long waiting = flash(SG);
    confirm(DE, first.recall());
    MessageRecall.Sent second = recalled(id);
    assertNotEquals(first.recall(), second.recall());
    assertEquals(List.of(DE.value()), second.recipients());
    assertEquals(waiting, flash(SG));
    // Both are of the same millisecond, so chance decides which of them is the later one.
    assertTrue(Set.of(first.recall(), second.recall()).contains(recalled(id).recall()));
    assertEquals(waiting, flash(SG));

    // SG has all that waited for it; what it stated of that was lost, or is still on its way.
    ledger.commit(
        Lane.FLASH,
        tx -> {
          ledger
              .outbox()
              .page(SG, Lane.FLASH, null, 9)
              .forEach(it -> ledger.outbox().remove(tx, SG, it.number()));
          return tx;
        });
    assertEquals(List.of(SG.value()), recalled(id).recipients());
  }

  /** Recipients state that they hold a message. */
  private void confirm(AgencyName recipient, MessageId message) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceItem delivered =
              records
                  .item(
                      EvidenceKind.EVIDENCE_KIND_DELIVERY,
                      message,
                      recipient.value(),
                      new byte[0],
                      clock.millis())
                  .toBuilder()
                  .setAgency(recipient.value())
                  .build();
          records.keep(tx, ledger.evidence(), delivered);
          return tx;
        });
  }

  @Test
  void recall_ofWhatWasNotSent_orWithoutOfficerOrReason_isRefused() {
    MessageId id = id(publish(draft("k1", SG)));
    MessageId unknown = MessageId.fresh(1, random);
    assertEquals("NOT_FOUND message_id", refusal(unknown, "why", RequestSamples.PERSON));
    assertEquals(
        "INVALID_FIELD on_behalf_of.officer",
        refusal(id, "why", OnBehalfOf.newBuilder().setOfficer(" ").build()));
    assertEquals(
        "INVALID_FIELD on_behalf_of.officer", refusal(id, "why", OnBehalfOf.getDefaultInstance()));
    assertTrue(refusal(id, "", RequestSamples.PERSON).endsWith(" reason"));
    assertFalse(ledger.retention().isTakenBack(id));
    assertNull(ledger.retention().done(id));
  }

  @Test
  void request_toAResponderThatIsNotKnown_orOfWhomIsNotSaid_isInvalid() {
    Draft.Builder request = request("k1", SG);
    request.getBodyBuilder().getRequestBuilder().setResponder("all");
    Problem unknown = publish(request).getInvalid();
    assertEquals("body.request.responder", unknown.getField());
    request.setIdempotencyKey("k2").clearTo();
    request.getToBuilder().addJurisdictions("SG");
    Problem anybody = publish(request).getInvalid();
    assertEquals("INVALID_FIELD", anybody.getCode());
    assertEquals("to", anybody.getField());
    assertTrue(publish(request("k3", SG)).hasAccepted());
  }
}
