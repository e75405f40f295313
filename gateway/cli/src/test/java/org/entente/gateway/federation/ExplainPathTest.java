package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a gateway says would become of a draft is what becomes of it. */
class ExplainPathTest {
  private static final Duration DEADLINE = Duration.ofDays(3);
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("case 12/26").build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private String out = "";
  private String err = "";

  private void agreement(String old, String changed) throws IOException {
    Path file = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String text = Files.readString(file);
    assertTrue(text.contains(old), text);
    Files.writeString(file, text.replace(old, changed));
  }

  private ExplainResponse explain(Draft draft) {
    return PublisherGrpc.newBlockingStub(federation.channel(FR))
        .explain(ExplainRequest.newBuilder().setDraft(draft).build());
  }

  private Draft draft(Consumer<Draft.Builder> change, String... to) {
    Draft.Builder draft = federation.draft("explained", DEADLINE, to).toBuilder();
    change.accept(draft);
    return draft.build();
  }

  /** Asks, then publishes the same; the refusals, alike in both. */
  private List<Refusal> agreed(Draft draft) {
    ExplainResponse explained = explain(draft);
    assertEquals(explained, explain(draft.toBuilder().clearIdempotencyKey().clearBody().build()));
    Outcome outcome = federation.publish(FR, draft);
    List<Refusal> refusals =
        outcome.hasRefused()
            ? outcome.getRefused().getRefusalsList()
            : outcome.getAccepted().getRefusalsList();
    List<String> permitted =
        outcome.getAccepted().getPermitsList().stream()
            .map(it -> it.getAgency() + " " + it.getAgreement() + " " + it.getRetentionDays())
            .sorted()
            .toList();
    assertEquals(
        permitted,
        explained.getRecipientsList().stream()
            .filter(one -> !one.hasRefusal())
            .map(it -> it.getAgency() + " " + it.getPermittedBy() + " " + it.getRetentionDays())
            .sorted()
            .toList());
    assertEquals(
        refusals,
        Stream.concat(
                explained.getRecipientsList().stream()
                    .filter(ExplainedRecipient::hasRefusal)
                    .map(ExplainedRecipient::getRefusal),
                explained.getRefusalsList().stream())
            .toList());
    assertEquals(
        outcome.hasAccepted()
            ? ExplainedOutcome.EXPLAINED_OUTCOME_ACCEPTED
            : ExplainedOutcome.EXPLAINED_OUTCOME_REFUSED,
        explained.getOutcome());
    return refusals;
  }

  @Test
  void person_requiredAndMissing_thenGiven_isAsSendHasIt() throws IOException {
    agreement("  four_eyes: false\n", "  four_eyes: false\n  person_required: true\n");
    federation.start(FR);
    Refusal refusal = agreed(draft(draft -> {}, DE)).get(0);
    assertEquals("PERSON_REQUIRED", refusal.getCode());
    assertEquals("warnings/person_required", refusal.getRule());
    assertEquals(List.of(), agreed(draft(draft -> draft.setOnBehalfOf(PERSON), DE)));
  }

  @Test
  void derivedFrom_whatNeedsConsentAndWhatMayGoOn_isAsSendHasIt() throws IOException {
    agreement("  personal_data: false\n", "  handling: [H2]\n  personal_data: false\n");
    federation.start(HUB, FR, DE, SG);
    MessageId free = federation.send(DE, "free", DEADLINE, FR);
    MessageId bound =
        federation.send(
            DE,
            "bound",
            DEADLINE,
            draft -> {
              draft.getLabelBuilder().addHandling(Handling.HANDLING_H2);
              draft.getToBuilder().addAgencies(FR);
            });
    assertEquals(2, federation.receive(FR, 2).size());

    assertEquals(List.of(), agreed(draft(draft -> passOn(draft, free), SG)));
    Consumer<Draft.Builder> passing =
        draft -> {
          draft.getLabelBuilder().addHandling(Handling.HANDLING_H2);
          passOn(draft, bound);
        };
    Refusal refusal = agreed(draft(passing, SG)).get(0);
    assertEquals("CONSENT_REQUIRED", refusal.getCode());
    assertEquals("onward/handling", refusal.getRule());
    assertEquals(List.of(), agreed(draft(passing, DE)), "its originator may have it back");

    assertEquals(0, command("--to", SG, "--derived-from", free.toString()), () -> out + err);
    assertTrue(
        out.contains(
            """
            sg.police: permitted by warnings
              binds to DESTROY_AFTER_RETENTION, ONWARD_WITHIN_PARTIES; kept for 5 days
              fulfils\s"""),
        out);
    assertEquals(
        3,
        command("--to", SG, "--handling", "H2", "--derived-from", bound.toString()),
        () -> out + err);
    assertTrue(out.contains("sg.police: refused (CONSENT_REQUIRED by onward/handling)"), out);
    assertTrue(out.contains("fulfils DESTROY_AFTER_RETENTION, NO_ONWARD_TRANSFER"), out);
  }

  /** Held is said of each recipient: the draft waits as a whole, whichever agreement asks. */
  @Test
  void heldDraft_saysSoOfEachRecipient_withWhatBindsItAndWhoseAgreementAsks() throws IOException {
    Path agreements = federation.folder().resolve("agreements");
    Files.writeString(
        agreements.resolve("eyes.yaml"),
        Files.readString(agreements.resolve("warnings.yaml"))
            .replace("id: warnings", "id: eyes")
            .replace(
                "    - all_members: true\n      among_themselves: true\n",
                "    - agency: fr.customs\n    - agency: sg.police\n")
            .replace("WITHIN_PARTIES", "NONE")
            .replace("retention_days: 5", "retention_days: 7")
            .replace("four_eyes: false", "four_eyes: true\n  person_required: true"));
    federation.start(FR);
    Draft draft = draft(it -> it.setOnBehalfOf(PERSON), DE, SG);
    ExplainResponse explained = explain(draft);
    assertEquals(ExplainedOutcome.EXPLAINED_OUTCOME_HELD, explained.getOutcome());
    ExplainedRecipient germany = explained.getRecipients(0);
    ExplainedRecipient singapore = explained.getRecipients(1);
    assertEquals(ExplainedOutcome.EXPLAINED_OUTCOME_HELD, germany.getOutcome());
    assertEquals(
        List.of(
            Obligation.OBLIGATION_DESTROY_AFTER_RETENTION,
            Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES),
        germany.getObligationsList());
    assertEquals(5, germany.getRetentionDays());
    assertFalse(germany.getFourEyes() || germany.getPersonRequired());
    assertEquals(ExplainedOutcome.EXPLAINED_OUTCOME_HELD, singapore.getOutcome());
    assertEquals("eyes", singapore.getPermittedBy());
    assertEquals(
        List.of(
            Obligation.OBLIGATION_DESTROY_AFTER_RETENTION,
            Obligation.OBLIGATION_NO_ONWARD_TRANSFER),
        singapore.getObligationsList());
    assertEquals(7, singapore.getRetentionDays());
    assertTrue(singapore.getFourEyes() && singapore.getPersonRequired());
    assertTrue(federation.publish(FR, draft).hasHeld());

    String[] files = {"--config", federation.config(FR).toString(), "--to", SG, "--to", DE};
    assertEquals(3, policy(files, "--agreement", "eyes"), () -> err);
    assertTrue(out.contains("sg.police: refused (PERSON_REQUIRED by eyes/person_required)"), out);
    assertFalse(out.contains("binds to"), out);
    String[] person = {"--officer", "FR-3", "--justification", "case 12/26"};
    assertEquals(0, policy(files, person), () -> err);
    assertTrue(
        out.contains(
            "sg.police: held, permitted by eyes\n  binds to DESTROY_AFTER_RETENTION,"
                + " NO_ONWARD_TRANSFER; kept for 7 days; requires a second person; requires officer"
                + " and reason\n"),
        out);
    assertTrue(out.contains("de.customs: held, permitted by warnings\n  binds to "), out);
    assertTrue(out.contains("\nheld: release by a second person is required by eyes"), out);
    asJson(files, person);
    asJson(where(), "--to", SG, "--to", DE, "--officer", "FR-3", "--justification", "case 12/26");
  }

  private void asJson(String[] where, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of(more));
    args.add("--json");
    assertEquals(0, policy(where, args.toArray(String[]::new)), () -> out + err);
    assertEquals(1, out.lines().count(), out);
    ExplainResponse.Builder read = ExplainResponse.newBuilder();
    JsonFormat.parser().merge(out, read);
    assertEquals(SG, read.getRecipients(0).getAgency());
    assertEquals(7, read.getRecipients(0).getRetentionDays());
    assertTrue(read.getRecipients(0).getFourEyes());
    assertFalse(read.getRecipients(1).getFourEyes());
    assertEquals(ExplainedOutcome.EXPLAINED_OUTCOME_HELD, read.getRecipients(1).getOutcome(), out);
  }

  private static void passOn(Draft.Builder draft, MessageId source) {
    draft.addDerivedFrom(ByteString.copyFrom(source.bytes()));
  }

  /** A question is checked as a draft is, and changes nothing. */
  @Test
  void question_thatNobodyCouldPublish_isRefusedAsPublishDoes() {
    federation.start(FR);
    Draft unknown = draft(draft -> passOn(draft, MessageId.of(new byte[16])), DE);
    refused(Status.Code.NOT_FOUND, "derived_from[0]", unknown);
    refused(
        Status.Code.INVALID_ARGUMENT,
        "on_behalf_of.justification",
        draft(draft -> draft.getOnBehalfOfBuilder().setJustification("x".repeat(501)), DE));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "label.category",
        draft(draft -> draft.getLabelBuilder().setCategoryValue(99), DE));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "to.operation",
        draft(
            draft -> {
              draft.getBodyBuilder().getOperationUpdateBuilder().setObjectives("look");
              draft.getLabelBuilder().setKind(org.entente.proto.v1.Kind.KIND_OPERATION);
            },
            DE));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "label.in_reply_to",
        draft(
            draft -> {
              draft.clearBody();
              draft.getLabelBuilder().setKind(org.entente.proto.v1.Kind.KIND_ANSWER);
            },
            DE));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "label.references",
        draft(
            draft -> {
              draft.clearBody();
              draft
                  .getLabelBuilder()
                  .setMessageType(org.entente.proto.v1.MessageType.MESSAGE_TYPE_RECTIFICATION);
            },
            DE));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "label.requested_action",
        draft(
            draft -> {
              draft.clearBody();
              draft
                  .getLabelBuilder()
                  .setKind(org.entente.proto.v1.Kind.KIND_REQUEST)
                  .setRequestedAction(org.entente.proto.v1.RequestedAction.REQUESTED_ACTION_DETAIN);
            },
            DE));
  }

  private void refused(Status.Code code, String field, Draft draft) {
    StatusRuntimeException told = assertThrows(StatusRuntimeException.class, () -> explain(draft));
    assertEquals(code, told.getStatus().getCode(), told::toString);
    assertTrue(String.valueOf(told.getMessage()).contains(field), told::toString);
  }

  @Test
  void files_withThePersonAndLabelsOfSources_sayTheSame() throws IOException {
    agreement("  four_eyes: false\n", "  four_eyes: false\n  person_required: true\n");
    Path sources = federation.folder().resolve("sources.yaml");
    Files.writeString(
        sources,
        """
        passes_on:
          - from: de.customs
            label:
              kind: ALERT
              category: PUBLIC_WARNING
              purpose: PUBLIC_SAFETY
              classification: UNCLASSIFIED
              handling: [H2]
              agreement: warnings
        """);
    String[] where = {"--config", federation.config(FR).toString(), "--to", SG};
    assertEquals(3, policy(where), () -> err);
    assertTrue(out.contains("sg.police: refused (PERSON_REQUIRED by warnings/person_req"), out);
    assertTrue(
        out.contains("  obligations that it fulfils: only a running gateway knows them"), out);
    String[] person = {"--officer", "FR-3", "--justification", "case 12/26"};
    assertEquals(0, policy(where, person), () -> out + err);
    assertEquals(3, policy(where, person, "--passes-on", sources.toString()), () -> err);
    assertTrue(out.contains("sg.police: refused (ONWARD_REFUSED by onward/handling)"), out);
    assertEquals(2, policy(where, person, "--derived-from", "00".repeat(16)));
    assertTrue(
        err.contains("--derived-from: needs --gateway, since only a gateway knows its messages"),
        err);
  }

  private int command(String... more) {
    return policy(where(), more);
  }

  private String[] where() {
    return new String[] {
      "--gateway",
      "127.0.0.1:" + federation.gateway(FR).clientAddress().getPort(),
      "--credentials",
      federation.credentials(FR).toString()
    };
  }

  private int policy(String[] where, String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(where));
    all.addAll(List.of(some));
    return policy(all.toArray(String[]::new), more);
  }

  private int policy(String[] where, String... more) {
    List<String> args = new ArrayList<>(List.of("policy", "explain"));
    args.addAll(List.of("--category", "PUBLIC_WARNING", "--purpose", "PUBLIC_SAFETY"));
    args.addAll(List.of(where));
    args.addAll(List.of(more));
    CommandFixture command = new CommandFixture();
    int exit = command.run(args);
    out = command.out();
    err = command.err();
    return exit;
  }
}
