package org.entente.gateway.link;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.link.v1.Hello;
import org.jspecify.annotations.Nullable;

/** The control stream and the lanes of one peer. Thread-safe. */
final class PeerSlots {
  private final AgencyName peer;
  private final List<StreamSlot> slots = new ArrayList<>();
  private final List<LaneTraffic> lanes = new ArrayList<>();
  private final LeaderTerms terms = new LeaderTerms();
  private @Nullable ControlTraffic control;
  private @Nullable Dialler dialler;

  /**
   * @param withheld the reason for refusing deliveries from all peers now, if any
   */
  PeerSlots(LinkEnvironment environment, AgencyName peer, Supplier<Optional<Problem>> withheld) {
    this.peer = peer;
    slots.add(
        new StreamSlot(
            environment,
            peer,
            LinkHello.CONTROL,
            slot -> control = new ControlTraffic(environment, peer, slot),
            terms,
            this::stood));
    for (Lane lane : Lane.all()) {
      slots.add(
          new StreamSlot(
              environment,
              peer,
              lane.number(),
              slot -> {
                LaneTraffic traffic = new LaneTraffic(environment, peer, lane, slot, withheld);
                lanes.add(traffic);
                return traffic;
              },
              terms,
              this::stood));
    }
  }

  /**
   * Ends what an earlier leader of the gateway still has, and cuts short the pauses of all slots.
   * Each slot has its own random pause; once one has reached the peer, an alert must not wait for
   * its lane while bulk flows on another.
   */
  private void stood(PeerName gateway) {
    slots.forEach(slot -> slot.dropIfStale(gateway));
    slots.forEach(StreamSlot::hasten);
  }

  ControlTraffic control() {
    if (control == null) {
      throw new IllegalStateException("made by the constructor");
    }
    return control;
  }

  LaneTraffic lane(Lane lane) {
    return lanes.get(lane.number() - 1);
  }

  void accept(IncomingStream stream, PeerName from, Hello hello) {
    slots.get(hello.getLane()).accept(stream, from, hello);
  }

  /** Dials with this dialler from now on and closes an earlier one. */
  synchronized void dialWith(Dialler by) {
    if (dialler != null) {
      dialler.close();
    }
    dialler = by;
    slots.forEach(slot -> slot.dialWith(by));
  }

  /** Ends all streams and stops dialling. */
  synchronized void close(Code code, String why) {
    control().ending();
    slots.forEach(slot -> slot.close(code, why));
    if (dialler != null) {
      dialler.close();
      dialler = null;
    }
  }

  PeerStatus status() {
    List<LaneStatus> states = lanes.stream().map(LaneTraffic::status).toList();
    Optional<Instant> lastContact =
        java.util.stream.Stream.concat(
                control().lastContact().stream(),
                states.stream().flatMap(state -> state.lastContact().stream()))
            .max(Comparator.naturalOrder());
    return new PeerStatus(
        peer, control().isUp(), control().address(), control().pausedByPeer(), lastContact, states);
  }

  void eachLane(Consumer<LaneTraffic> task) {
    lanes.forEach(task);
  }
}
