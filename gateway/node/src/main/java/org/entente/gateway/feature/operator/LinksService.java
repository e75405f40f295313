package org.entente.gateway.feature.operator;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Instant;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.store.v1.LinkRecord;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.LaneState;
import org.entente.proto.v1.LinkState;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.ListLinksResponse;
import org.entente.proto.v1.PauseLinkRequest;
import org.entente.proto.v1.PauseLinkResponse;
import org.entente.proto.v1.ResumeLaneRequest;
import org.entente.proto.v1.ResumeLaneResponse;
import org.entente.proto.v1.UnpauseLinkRequest;
import org.entente.proto.v1.UnpauseLinkResponse;

/** The Links service over {@link Links}. */
final class LinksService implements BindableService {
  private final Links links;

  LinksService(Links links) {
    this.links = links;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(LinksGrpc.getServiceDescriptor())
        .unary(
            LinksGrpc.getListLinksMethod(),
            Scope.OPERATOR,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> listLinks())
        .unary(
            LinksGrpc.getPauseLinkMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::pauseLink)
        .unary(
            LinksGrpc.getUnpauseLinkMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::unpauseLink)
        .unary(
            LinksGrpc.getResumeLaneMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::resumeLane)
        .build();
  }

  private ListLinksResponse listLinks() {
    ListLinksResponse.Builder response = ListLinksResponse.newBuilder();
    links.list().forEach(link -> response.addLinks(state(link)));
    return response.build();
  }

  private PauseLinkResponse pauseLink(Identified caller, PauseLinkRequest request) {
    boolean now =
        StatusMapper.value(links.pause(caller.name(), request.getPeer(), request.getOnBehalfOf()));
    return PauseLinkResponse.newBuilder().setBefore(!now).build();
  }

  private UnpauseLinkResponse unpauseLink(Identified caller, UnpauseLinkRequest request) {
    boolean now =
        StatusMapper.value(
            links.unpause(caller.name(), request.getPeer(), request.getOnBehalfOf()));
    return UnpauseLinkResponse.newBuilder().setBefore(!now).build();
  }

  private ResumeLaneResponse resumeLane(Identified caller, ResumeLaneRequest request) {
    org.entente.gateway.model.Lane lane;
    try {
      lane = org.entente.gateway.model.Lane.of(request.getLaneValue());
    } catch (InvalidValue e) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "lane", String.valueOf(e.getMessage())));
    }
    boolean now =
        StatusMapper.value(
            links.resume(caller.name(), request.getPeer(), lane, request.getOnBehalfOf()));
    return ResumeLaneResponse.newBuilder().setBefore(!now).build();
  }

  private static LinkState state(Links.Link link) {
    LinkState.Builder state = LinkState.newBuilder().setPeer(link.peer().value());
    link.pausedSince().ifPresent(since -> state.setPausedSince(timestamp(since)));
    PeerStatus status = link.status();
    if (status != null) {
      state.setUp(status.up());
      status.address().ifPresent(at -> state.setAddress(at.toString()));
      status.pausedByPeer().ifPresent(since -> state.setPausedByPeerSince(timestamp(since)));
      status.lastContact().ifPresent(last -> state.setLastContact(timestamp(last)));
    }
    link.lanes().forEach(lane -> state.addLanes(state(lane)));
    return state.build();
  }

  private static LaneState state(Links.LinkLane lane) {
    LaneState.Builder state =
        LaneState.newBuilder()
            .setLane(Lane.forNumber(lane.lane().number()))
            .setBacklog(lane.backlog())
            .setUndeliveredBytes(lane.undeliveredBytes());
    LaneStatus status = lane.status();
    if (status != null) {
      state.setConnected(status.connected()).setInFlight(status.inFlight());
      status.roundTrip().ifPresent(time -> state.setRoundTrip(Durations.fromNanos(time.toNanos())));
    }
    LinkRecord alarm = lane.alarm();
    if (alarm != null) {
      state
          .setStoppedCode(alarm.getCode())
          .setStoppedText(alarm.getText())
          .setStoppedSince(Timestamps.fromMillis(alarm.getSinceMs()));
    }
    if (lane.oldestMillis() > 0) {
      state.setOldestQueued(Timestamps.fromMillis(lane.oldestMillis()));
    }
    return state.build();
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamps.fromMillis(at.toEpochMilli());
  }
}
