package org.entente.gateway.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ChangeOperationRequest;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.CloseOperationRequest;
import org.entente.proto.v1.CreateOperationRequest;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListOperationsRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationRole;
import org.entente.proto.v1.OperationState;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.ShowOperationRequest;
import org.entente.proto.v1.SituationReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/**
 * A joint operation over real gateways: {@code fr.customs} leads, {@code de.customs} is there from
 * the beginning and leaves, {@code sg.police}, behind a transit, joins.
 */
class JointOperationTest {
  private static final String FR = RunningFederation.FR;
  private static final String DE = RunningFederation.DE;
  private static final String SG = RunningFederation.SG;
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("A-1").setJustification("joint inspection 7/26").build();

  @RegisterExtension
  final RunningFederation federation = new RunningFederation(RunningFederation.HUB, DE, FR, SG);

  private int drafts;

  @Test
  void membershipChange_whoLeftReadsNothingLater_andWhoJoinedNothingEarlier() throws IOException {
    Operation founded = found(federation.clock.instant().plus(Duration.ofDays(20)));
    ByteString id = founded.getOperationId();
    awaitRoster(DE, id, 1);
    assertEquals(founded, operation(DE, id).orElseThrow(), "the same hash on both");

    said(DE, id, "seals broken on three containers", List.of(FR));
    said(FR, id, "before sg.police joined", List.of(DE));
    awaitReports(FR, id, List.of("before sg.police joined", "seals broken on three containers"));

    change(id, 1, member(DE, false), member(SG, false));
    awaitRoster(DE, id, 2);
    awaitRoster(SG, id, 2);
    said(FR, id, "all are here", List.of(DE, SG));
    awaitReports(SG, id, List.of("all are here"));

    change(id, 2, member(SG, true));
    awaitRoster(DE, id, 3);
    awaitRoster(SG, id, 3);
    said(FR, id, "after de.customs left", List.of(SG));
    awaitReports(SG, id, List.of("after de.customs left", "all are here"));
    awaitReports(
        DE,
        id,
        List.of("all are here", "before sg.police joined", "seals broken on three containers"));
    // Neither who left nor an observer says anything.
    refused("OPERATION_ROLE", () -> publish(DE, id, "x"));
    refused("OPERATION_ROLE", () -> publish(SG, id, "x"));

    OperationsGrpc.newBlockingStub(federation.channel(FR))
        .closeOperation(
            CloseOperationRequest.newBuilder().setOperationId(id).setOnBehalfOf(PERSON).build());
    awaitRoster(SG, id, 4);
    assertEquals(OperationState.OPERATION_STATE_CLOSED, operation(SG, id).orElseThrow().getState());
    refused("OPERATION_CLOSED", () -> publish(FR, id, "x"));
    assertEquals(3, operation(DE, id).orElseThrow().getNumber(), "it left before");

    // A restart loses nothing of it.
    federation.stop(SG);
    federation.start(SG);
    assertEquals(List.of("after de.customs left", "all are here"), reports(SG, id));
    refused(
        "on_behalf_of.officer",
        () ->
            OperationsGrpc.newBlockingStub(federation.channel(SG))
                .showOperation(ShowOperationRequest.newBuilder().setOperationId(id).build()));
  }

  @Test
  void leadWithARestoredLedger_isGivenItsRosterBack_andSignsNoSecondOfItsNumber()
      throws IOException {
    ByteString id = found(federation.clock.instant().plus(Duration.ofDays(20))).getOperationId();
    awaitRoster(DE, id, 1);
    federation.stop(FR);
    Path kept = federation.files().keepLedger(FR);
    federation.start(FR);
    change(id, 1, member(DE, false), member(SG, false));
    awaitRoster(DE, id, 2);
    awaitRoster(SG, id, 2);
    Operation second = operation(DE, id).orElseThrow();

    federation.stop(FR);
    federation.files().restoreLedger(FR, kept);
    federation.stop(DE);
    federation.start(FR);
    // Nobody has answered: what would be signed now would be another second roster.
    assertEquals(1, operation(FR, id).orElseThrow().getNumber());
    assertEquals(List.of(DE), operation(FR, id).orElseThrow().getUnconfirmedByList());
    refused("unconfirmed", () -> change(id, 1, member(DE, true)));

    federation.start(DE);
    awaitRoster(FR, id, 2);
    federation.await(
        "confirmed by all members of the roster that came back",
        () -> operation(FR, id).orElseThrow().equals(second));
    change(id, 2, member(DE, false), member(SG, true));
    awaitRoster(DE, id, 3);
    awaitRoster(SG, id, 3);
    assertEquals(OperationState.OPERATION_STATE_OPEN, operation(DE, id).orElseThrow().getState());
    said(FR, id, "the chain goes on", List.of(DE, SG));
    awaitReports(DE, id, List.of("the chain goes on"));
  }

  private static void refused(String why, Executable call) {
    StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call);
    assertTrue(String.valueOf(refusal.getMessage()).contains(why), refusal.getMessage());
  }

  private Operation found(Instant ends) {
    return OperationsGrpc.newBlockingStub(federation.channel(FR))
        .createOperation(
            CreateOperationRequest.newBuilder()
                .setName("CALM HARBOUR")
                .addMembers(member(DE, false))
                .setEndsAt(Timestamps.fromMillis(ends.toEpochMilli()))
                .setOnBehalfOf(PERSON)
                .build())
        .getOperation();
  }

  private static OperationMember member(String agency, boolean observer) {
    return OperationMember.newBuilder()
        .setAgency(agency)
        .setRole(
            observer
                ? OperationRole.OPERATION_ROLE_OBSERVER
                : OperationRole.OPERATION_ROLE_PARTICIPANT)
        .build();
  }

  private void change(ByteString id, long seen, OperationMember... others) {
    long number =
        OperationsGrpc.newBlockingStub(federation.channel(FR))
            .changeOperation(
                ChangeOperationRequest.newBuilder()
                    .setOperationId(id)
                    .addAllMembers(List.of(others))
                    .addMembers(
                        OperationMember.newBuilder()
                            .setAgency(FR)
                            .setRole(OperationRole.OPERATION_ROLE_LEAD))
                    .setSeenNumber(seen)
                    .setOnBehalfOf(PERSON)
                    .build())
            .getOperation()
            .getNumber();
    assertEquals(seen + 1, number);
  }

  private void said(String from, ByteString id, String text, List<String> to) {
    Outcome outcome = publish(from, id, text);
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(
        to,
        outcome.getAccepted().getPermitsList().stream().map(Permit::getAgency).sorted().toList());
  }

  private Outcome publish(String from, ByteString id, String text) {
    drafts++;
    Instant now = Instant.now();
    Draft draft =
        Draft.newBuilder()
            .setIdempotencyKey("report-" + drafts)
            .setLabel(
                Label.newBuilder()
                    .setKind(Kind.KIND_OPERATION)
                    .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                    .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                    .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
            .setBody(
                Body.newBuilder()
                    .setOperationUpdate(
                        OperationUpdate.newBuilder()
                            .addReports(
                                SituationReport.newBuilder()
                                    .setAt(Timestamps.fromMillis(now.toEpochMilli()))
                                    .setText(text)
                                    .setPlace("DEHAM"))))
            .setTo(Addressing.newBuilder().setOperation(id))
            .build();
    return PublisherGrpc.newBlockingStub(federation.channel(from))
        .withDeadlineAfter(90, TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setDraft(draft).build())
        .getOutcome();
  }

  private Optional<Operation> operation(String agency, ByteString id) {
    return OperationsGrpc.newBlockingStub(federation.channel(agency))
        .listOperations(ListOperationsRequest.getDefaultInstance())
        .getOperationsList()
        .stream()
        .filter(operation -> operation.getOperationId().equals(id))
        .findFirst();
  }

  private void awaitRoster(String agency, ByteString id, long number) {
    federation.await(
        "roster " + number + " at " + agency,
        () ->
            operation(agency, id).filter(operation -> operation.getNumber() == number).isPresent());
  }

  /** What was reported, in the order of the text. */
  private List<String> reports(String agency, ByteString id) {
    return OperationsGrpc.newBlockingStub(federation.channel(agency))
        .showOperation(
            ShowOperationRequest.newBuilder().setOperationId(id).setOnBehalfOf(PERSON).build())
        .getEntriesList()
        .stream()
        .flatMap(entry -> entry.getUpdate().getReportsList().stream())
        .map(SituationReport::getText)
        .sorted()
        .toList();
  }

  private void awaitReports(String agency, ByteString id, List<String> texts) {
    federation.await(texts + " at " + agency, () -> reports(agency, id).equals(texts));
  }
}
