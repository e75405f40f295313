package org.entente.gateway.rpc;

import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Status;
import java.util.List;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListWatchesRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RemoveWatchRequest;
import org.entente.proto.v1.WatchGrpc;
import org.entente.proto.v1.WatchState;
import org.entente.proto.v1.WatchTerms;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who may watch, and what a client is told that may not; what is hit is WatchesTest's. */
class WatchServiceTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("case 12/26").build();

  @AutoClose private final Edge edge = new Edge();
  private final WatchGrpc.WatchBlockingStub calls = WatchGrpc.newBlockingStub(edge.calling("all"));
  private final WatchGrpc.WatchBlockingStub second =
      WatchGrpc.newBlockingStub(edge.calling("second"));
  private final WatchGrpc.WatchBlockingStub stranger =
      WatchGrpc.newBlockingStub(edge.calling("publisher"));

  private static AddWatchRequest add(String subject) {
    return AddWatchRequest.newBuilder()
        .setTerms(WatchTerms.newBuilder().addSubjects(subject))
        .setOnBehalfOf(PERSON)
        .build();
  }

  private static RemoveWatchRequest remove(long watch) {
    return RemoveWatchRequest.newBuilder().setWatch(watch).setOnBehalfOf(PERSON).build();
  }

  @Test
  void watch_isOfTheCallerOfTheCertificate() {
    WatchState watch = calls.addWatch(add("container:CSQU3054383")).getWatch();
    assertEquals(
        List.of(watch),
        calls.listWatches(ListWatchesRequest.getDefaultInstance()).getWatchesList());
    assertEquals(0, second.listWatches(ListWatchesRequest.getDefaultInstance()).getWatchesCount());
    assertRefused(
        Status.Code.NOT_FOUND, "NOT_FOUND", () -> second.removeWatch(remove(watch.getWatch())));
    assertEquals(
        0,
        calls.listHits(ListHitsRequest.newBuilder().setOnBehalfOf(PERSON).build()).getHitsCount());
    assertEquals(watch.getWatch(), calls.removeWatch(remove(watch.getWatch())).getWatch());
  }

  @Test
  void watchThatIsNone_isRefusedByField() {
    assertRefused(
        Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", () -> calls.addWatch(add("everything")));
  }

  /** Threat 58. */
  @Test
  void client_withoutTheScope_isDeniedEveryCall_andLeavesNoTrace() {
    List<Executable> all =
        List.of(
            () -> stranger.addWatch(add("container:CSQU3054383")),
            () -> stranger.removeWatch(remove(1)),
            () -> stranger.listWatches(ListWatchesRequest.getDefaultInstance()),
            () -> stranger.listHits(ListHitsRequest.newBuilder().setOnBehalfOf(PERSON).build()));
    for (Executable call : all) {
      assertRefused(Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", call);
    }
    assertEquals(List.of(), edge.behind.recorded);
  }
}
