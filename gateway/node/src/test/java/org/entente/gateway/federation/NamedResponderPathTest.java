package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.Matching;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RegisterResponderRequest;
import org.entente.proto.v1.RegisterResponderResponse;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderStatus;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request that names a responder has no more subjects than that says it takes. */
class NamedResponderPathTest {
  private static final List<String> CONTAINERS = List.of("CSQU3054383", "MSKU1234565");

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  private int drafts;

  @BeforeEach
  void mint() throws IOException {
    register("warnings", 1);
  }

  private void register(String name, int subjects) {
    // Lists of responders follow each other a minute apart.
    federation.pass(Duration.ofMinutes(1), Duration.ofMinutes(1));
    RegisterResponderResponse done =
        RequestsGrpc.newBlockingStub(federation.channel(DE))
            .registerResponder(
                RegisterResponderRequest.newBuilder()
                    .setResponder(
                        Responder.newBuilder()
                            .setName(name)
                            .addCategories(Category.CATEGORY_PUBLIC_WARNING)
                            .setAnswersWithinMinutes(30)
                            .setMatching(Matching.MATCHING_EXACT)
                            .setSubjectsPerRequest(subjects)
                            .setStatus(ResponderStatus.RESPONDER_STATUS_AVAILABLE))
                    .setOnBehalfOf(RequestSamples.PERSON)
                    .build());
    assertEquals(RegisterResponderResponse.getDefaultInstance(), done);
    federation.await("it is known", () -> takes(name) == subjects);
  }

  /** What the asking agency has heard of it. */
  private int takes(String name) {
    return RequestsGrpc.newBlockingStub(federation.channel(FR))
        .discover(DiscoverRequest.getDefaultInstance())
        .getRespondersList()
        .stream()
        .filter(one -> one.getResponder().getName().equals(name))
        .mapToInt(one -> one.getResponder().getSubjectsPerRequest())
        .sum();
  }

  private Draft.Builder draft(String responder, int subjects) {
    drafts++;
    Instant answerBy = federation.clock.instant().plus(Duration.ofHours(4));
    Body.Builder body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, answerBy).toBuilder();
    body.getRequestBuilder().clearSubjects().setResponder(responder);
    CONTAINERS
        .subList(0, subjects)
        .forEach(
            one -> body.getRequestBuilder().addSubjects(Subject.newBuilder().setContainer(one)));
    return RequestSamples.draft(
        "named-" + drafts,
        RequestSamples.asks()
            .setCategory(Category.CATEGORY_PUBLIC_WARNING)
            .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY),
        body.build(),
        DE);
  }

  private PublisherGrpc.PublisherBlockingStub publisher() {
    return PublisherGrpc.newBlockingStub(federation.channel(FR));
  }

  private void assertRefused(String expected, Draft.Builder draft) {
    StatusRuntimeException published =
        assertThrows(
            StatusRuntimeException.class,
            () -> publisher().publish(PublishRequest.newBuilder().setDraft(draft).build()));
    assertEquals(expected, published.getStatus().getDescription());
    StatusRuntimeException explained =
        assertThrows(
            StatusRuntimeException.class,
            () -> publisher().explain(ExplainRequest.newBuilder().setDraft(draft).build()));
    assertEquals(expected, explained.getStatus().getDescription());
  }

  private Outcome publish(Draft.Builder draft) {
    return publisher().publish(PublishRequest.newBuilder().setDraft(draft).build()).getOutcome();
  }

  @Test
  void request_withMoreSubjectsThanItsResponderTakes_isRefusedBeforeItIsSealed() {
    assertRefused(
        "INVALID_FIELD: body.request.subjects: has 2 entries; responder warnings of de.customs"
            + " accepts 1 in a request, so send several requests",
        draft("warnings", 2));
    assertTrue(publish(draft("warnings", 1)).hasAccepted());
    assertTrue(publish(draft("", 2)).hasAccepted(), "who names none leaves it to the agency");
    register("warnings", 2);
    assertTrue(publish(draft("warnings", 2)).hasAccepted());
    assertEquals(3, federation.receive(DE, 3).size());
  }

  @Test
  void responder_thatIsNotKnown_orMeantOfNobodyByName_isRefused() {
    assertRefused(
        "NOT_FOUND: body.request.responder: no responder seizures of de.customs is known here for"
            + " PUBLIC_WARNING; use one that Discover returns, or none",
        draft("seizures", 1));
    assertRefused(
        "NOT_FOUND: body.request.responder: no responder warnings of sg.police is known here for"
            + " PUBLIC_WARNING; use one that Discover returns, or none",
        draft("warnings", 1).setTo(Addressing.newBuilder().addAgencies(DE).addAgencies(SG)));
    String byName =
        "INVALID_FIELD: to: must contain only the agencies whose responder is named, or the "
            + "request must name no responder";
    assertRefused(
        byName, draft("warnings", 1).setTo(Addressing.newBuilder().addJurisdictions("DE")));
    assertRefused(
        byName, draft("warnings", 1).setTo(Addressing.newBuilder().setWhomAgreementsAllow(true)));
    assertRefused(
        "INVALID_FIELD: body.request.responder: must be 1 to 64 characters of a-z 0-9 and -, not"
            + " beginning with -",
        draft("../warnings", 1));
  }

  @Test
  void question_withoutBody_asksNothingOfResponders() {
    assertEquals(
        ExplainedOutcome.EXPLAINED_OUTCOME_ACCEPTED,
        publisher()
            .explain(ExplainRequest.newBuilder().setDraft(draft("none", 2).clearBody()).build())
            .getOutcome());
  }
}
