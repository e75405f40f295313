package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.entente.gateway.rpc.Edge;
import org.entente.gateway.rpc.Refusals;
import org.entente.gateway.rpc.ServerBackend;
import org.entente.gateway.rpc.StreamAnswers;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AskConsentRequest;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreTerms;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.entente.proto.v1.WatchGrpc;
import org.entente.proto.v1.WatchTerms;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A name that nothing bears is refused by the services, with the nearest that is known. */
class KnownNamesTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("case 12/26").build();
  private static final String MEANT = "unknown agency \"de.custom\"; did you mean \"de.customs\"?";

  @AutoClose private final Edge edge = new Edge();
  private final ManagedChannel channel = edge.calling("all");

  private static void assertRefused(String field, String why, Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    assertEquals("INVALID_FIELD", Refusals.of(refused).reason());
    assertEquals(field, Refusals.of(refused).field());
    String said = String.valueOf(refused.getStatus().getDescription());
    assertTrue(said.contains(why), said);
  }

  private static Filter origin(String agency) {
    return Filter.newBuilder().addOrigins(agency).build();
  }

  private void search(Filter filter) {
    SearchGrpc.newBlockingStub(channel)
        .search(SearchRequest.newBuilder().setFilter(filter).setOnBehalfOf(PERSON).build());
  }

  @Test
  void origin_thatIsUnknown_isRefusedInEveryFilter() {
    Filter unknown = origin("de.custom");
    assertRefused("filter.origins", MEANT, () -> search(unknown));
    WatchTerms watch = WatchTerms.newBuilder().addSubjects("case:12/26").setFilter(unknown).build();
    assertRefused(
        "terms.filter.origins",
        MEANT,
        () ->
            WatchGrpc.newBlockingStub(channel)
                .addWatch(
                    AddWatchRequest.newBuilder().setTerms(watch).setOnBehalfOf(PERSON).build()));
    ScoreTerms scores = ScoreTerms.newBuilder().setFilter(unknown).build();
    assertRefused(
        "terms.filter.origins",
        MEANT,
        () ->
            RiskGrpc.newBlockingStub(channel)
                .listScores(
                    ListScoresRequest.newBuilder().setTerms(scores).setOnBehalfOf(PERSON).build()));
    assertRefused(
        "terms.filter.origins",
        MEANT,
        () ->
            RiskGrpc.newBlockingStub(channel)
                .followScores(
                    FollowScoresRequest.newBuilder().setTerms(scores).setOnBehalfOf(PERSON).build())
                .hasNext());
  }

  @Test
  void subscription_toAnUnknownOrigin_endsAtOnce() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    StreamObserver<SubscribeRequest> stream = SubscriberGrpc.newStub(channel).subscribe(answers);
    stream.onNext(
        SubscribeRequest.newBuilder()
            .setOpen(OpenCursor.newBuilder().setCursor("desk").setFilter(origin("de.custom")))
            .build());
    assertEquals("open.filter.origins", Refusals.of(answers.end()).field());
    assertEquals(0, edge.behind.subscriptions.count());
  }

  /** What a former member sent can still be found. */
  @Test
  void origin_thatTheLedgerHasMailFrom_isKnown() {
    search(origin(ServerBackend.FORMER.value()));
    search(origin("us.cbp"));
    assertRefused("filter.origins", "unknown agency", () -> search(origin("pt.custom")));
  }

  @Test
  void jurisdictionOfNoState_andDeskWhereNobodySits_areRefused() {
    search(Filter.newBuilder().addJurisdictions("US-CA").addJurisdictions("XK").build());
    assertRefused(
        "filter.jurisdictions",
        "not an ISO 3166 code of a state: \"UK\"; ",
        () -> search(Filter.newBuilder().addJurisdictions("UK").build()));
    search(Filter.newBuilder().addDesks("narcotics").build());
    assertRefused(
        "filter.desks",
        "\"narcotic\"; did you mean \"narcotics\"?",
        () -> search(Filter.newBuilder().addDesks("narcotic").build()));
  }

  @Test
  void requests_ofAnUnknownAgency_areRefused() {
    assertRefused(
        "agency",
        MEANT,
        () ->
            RequestsGrpc.newBlockingStub(channel)
                .listRequests(
                    ListRequestsRequest.newBuilder()
                        .setSide(RequestSide.REQUEST_SIDE_ASKED)
                        .setAgency("de.custom")
                        .build()));
    assertRefused(
        "agency",
        MEANT,
        () ->
            RequestsGrpc.newBlockingStub(channel)
                .discover(DiscoverRequest.newBuilder().setAgency("de.custom").build()));
    assertRefused(
        "categories",
        "has a value that this gateway does not know",
        () ->
            RequestsGrpc.newBlockingStub(channel)
                .discover(DiscoverRequest.newBuilder().addCategoriesValue(99).build()));
  }

  @Test
  void consent_forAnUnknownAgency_orAJurisdictionWithoutMembers_isNotAsked() {
    for (String field : List.of("agencies", "jurisdictions")) {
      AskConsentRequest.Builder request = AskConsentRequest.newBuilder().setOnBehalfOf(PERSON);
      boolean agency = field.equals("agencies");
      assertRefused(
          field,
          agency ? MEANT : "no member agency is in \"QQ\"; known are ",
          () ->
              ConsentGrpc.newBlockingStub(channel)
                  .askConsent(
                      (agency ? request.addAgencies("de.custom") : request.addJurisdictions("QQ"))
                          .build()));
    }
  }
}
