package org.entente.gateway.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.entente.gateway.link.Dialler;
import org.entente.gateway.link.FrameStream;
import org.entente.gateway.link.IncomingStream;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.jspecify.annotations.Nullable;

/**
 * Streams between simulated nodes: ordered, as slow as chance has it, with few frames on the way at
 * a time. Directions can be blocked, so that frames neither arrive nor get lost; streams can break,
 * which loses what is on the way.
 */
final class SimNetwork {
  private static final int ON_THE_WAY = 8;
  private static final long LEAST_LATENCY = 50_000;
  private static final int MORE_LATENCY = 5_000_000;

  /** When the keep-alive of a stream finds that nobody is at its other end. */
  private static final long KEEP_ALIVE = 30_000_000_000L;

  /** Until both ends of a stream know that it is over. */
  private static final long NOTICED = 1_000_000_000L;

  /** Of so many frames in an unreliable direction one is lost, one doubled and one overtaken. */
  private static final int SPOILT = 15;

  private static final int PASSES = -1;

  private record Direction(AgencyName from, AgencyName to) {}

  /** Sees every frame at the moment at which it is sent. */
  interface FrameTap {
    /** A frame was given to a stream, whether it arrives or not. */
    void sent(AgencyName from, AgencyName to, Frame frame);
  }

  private final VirtualTime time;
  private final Random random;
  private final Trace trace;
  private final Set<Direction> blocked = new HashSet<>();
  private final Set<Direction> unreliable = new HashSet<>();
  private final List<End> open = new ArrayList<>();
  private final List<FrameTap> taps = new ArrayList<>();

  SimNetwork(VirtualTime time, Random random, Trace trace) {
    this.time = time;
    this.random = random;
    this.trace = trace;
  }

  /** Is told of every frame from now on. */
  void tap(FrameTap tap) {
    taps.add(tap);
  }

  private long latency() {
    return LEAST_LATENCY + random.nextInt(MORE_LATENCY);
  }

  /** A dialler from one node to another. */
  Dialler dialler(SimNode.Run from, SimNode to) {
    return new Dialler() {
      @Override
      public PeerName peer() {
        return to.name();
      }

      @Override
      public Optional<FrameStream> open(FrameStream.Listener listener) {
        return Optional.of(connect(from, to, listener));
      }

      @Override
      public void close() {
        // Its streams are ended by the links themselves.
      }
    };
  }

  private End connect(SimNode.Run from, SimNode to, FrameStream.Listener listener) {
    End dialled = new End(from, to.name().agency(), true);
    dialled.listener = listener;
    SimNode.Run process = to.process();
    if (process == null) {
      time.after(latency(), () -> dialled.finish("connection refused"));
      return dialled;
    }
    End accepted = new End(process, from.name().agency(), false);
    dialled.other = accepted;
    accepted.other = dialled;
    open.add(dialled);
    open.add(accepted);
    return dialled;
  }

  /** Opens a stream under a gateway name of its own, greets, and says nothing more. */
  void intrude(SimNode.Run from, SimNode to, String gateway) {
    End intruding = connect(from, to, new SilentListener());
    intruding.send(
        Frame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setProtocol(1)
                    .setAgency(from.name().agency().value())
                    .setGateway(gateway)
                    .setSendEpoch(1)
                    .setSendFirst(1)
                    .setSendNext(1))
            .build());
  }

  private static final class SilentListener implements FrameStream.Listener {
    @Override
    public void received(FrameStream stream, Frame frame) {}

    @Override
    public void ready(FrameStream stream) {}

    @Override
    public void ended(FrameStream stream, String why) {}
  }

  /** From now on frames in this direction stay on the way. */
  void block(AgencyName from, AgencyName to) {
    blocked.add(new Direction(from, to));
  }

  /** Lets them arrive. */
  void unblock(AgencyName from, AgencyName to) {
    if (blocked.remove(new Direction(from, to))) {
      List.copyOf(open).forEach(End::arriveHeld);
    }
  }

  void unblockAll() {
    for (Direction direction : List.copyOf(blocked)) {
      unblock(direction.from(), direction.to());
    }
  }

  /**
   * From now on some deliveries, receipts and notices in this direction are lost, come twice or are
   * overtaken, as no transport should have it.
   */
  void spoil(AgencyName from, AgencyName to) {
    unreliable.add(new Direction(from, to));
  }

  /** No more of that. */
  void mend() {
    unreliable.clear();
  }

  /** Breaks every stream between two nodes. */
  void cut(AgencyName one, AgencyName other) {
    for (End end : List.copyOf(open)) {
      if (end.process.name().agency().equals(one) && end.peer.equals(other)) {
        end.sever();
      }
    }
  }

  /**
   * A process is gone.
   *
   * @param silently the other side finds it out by its keep-alive only
   */
  void gone(SimNode.Run process, boolean silently) {
    for (End end : List.copyOf(open)) {
      if (end.process == process) {
        open.remove(end);
        End far = end.other;
        if (far != null) {
          long noticed = latency() + (silently ? KEEP_ALIVE : 0);
          time.after(noticed, () -> far.finish("connection reset"));
        }
      }
    }
  }

  /**
   * Nothing of a process that is about to end is kept alive by the far ends of its streams, once
   * they have noticed.
   */
  void forget(SimNode.Run process) {
    for (End end : open) {
      End far = end.other;
      if (end.process == process && far != null) {
        time.after(NOTICED, () -> far.other = null);
      }
    }
  }

  /** One end of a stream. */
  private final class End implements IncomingStream {
    private final SimNode.Run process;
    private final AgencyName peer;
    private final boolean dialled;
    private final Deque<Frame> arrived = new ArrayDeque<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private @Nullable End other;
    private @Nullable Listener listener;
    private @Nullable String ended;
    private boolean greeted;
    private boolean over;
    private int requested = 1;
    private int onTheWay;
    private long lastArrival;

    End(SimNode.Run process, AgencyName peer, boolean dialled) {
      this.process = process;
      this.peer = peer;
      this.dialled = dialled;
    }

    @Override
    public boolean isDialled() {
      return dialled;
    }

    @Override
    public boolean isReady() {
      return !over && onTheWay < ON_THE_WAY;
    }

    @Override
    public void send(Frame frame) {
      End to = other;
      if (over || to == null || !process.isAlive()) {
        return;
      }
      onTheWay++;
      trace.add(process.name().agency().value(), frame.toByteArray());
      taps.forEach(tap -> tap.sent(process.name().agency(), peer, frame));
      boolean sound =
          frame.hasHello()
              || frame.hasCredit()
              || !unreliable.contains(new Direction(process.name().agency(), peer));
      switch (sound ? PASSES : random.nextInt(SPOILT)) {
        case 0 -> time.after(latency(), this::taken);
        case 1 -> {
          onTheWay++;
          carry(to, () -> to.arrive(frame));
          carry(to, () -> to.arrive(frame));
        }
        // Overtaken by what is sent next.
        case 2 -> time.after(latency() + MORE_LATENCY, () -> to.arrive(frame));
        default -> carry(to, () -> to.arrive(frame));
      }
    }

    /** Brings something to the other end after what was sent before it. */
    private void carry(End to, Runnable arrival) {
      lastArrival = Math.max(lastArrival, time.nanos() + latency());
      time.after(
          lastArrival - time.nanos(),
          () -> {
            if (blocked.contains(new Direction(process.name().agency(), peer))) {
              to.held.add(arrival);
            } else {
              arrival.run();
            }
          });
    }

    private void arriveHeld() {
      if (!blocked.contains(new Direction(peer, process.name().agency()))) {
        while (!held.isEmpty()) {
          held.remove().run();
        }
      }
    }

    private void arrive(Frame frame) {
      if (!over && process.isAlive()) {
        arrived.add(frame);
        pump();
      }
    }

    private void pump() {
      while (requested > 0 && !arrived.isEmpty()) {
        requested--;
        Frame frame = arrived.remove();
        if (other != null) {
          other.taken();
        }
        process.run(() -> hear(frame));
      }
    }

    private void taken() {
      boolean wasFull = onTheWay >= ON_THE_WAY;
      onTheWay--;
      Listener hears = listener;
      if (wasFull && hears != null) {
        process.post(latency(), () -> hears.ready(this));
      }
    }

    private void hear(Frame frame) {
      Listener hears = listener;
      if (hears != null) {
        hears.received(this, frame);
      } else if (!greeted) {
        greeted = true;
        process.accept(this, peer, frame.getHello());
      }
    }

    @Override
    public void listen(Listener toWhom) {
      listener = toWhom;
      if (ended != null) {
        toWhom.ended(this, ended);
      }
    }

    @Override
    public void requestNext() {
      requested++;
      // As a transport does, not on the caller's stack.
      process.post(0, this::pump);
    }

    @Override
    public void end(Code code, String why) {
      if (!over) {
        over = true;
        open.remove(this);
        End to = other;
        if (to != null) {
          carry(to, () -> to.finish(code + ": " + why));
        }
      }
    }

    private void sever() {
      End to = other;
      time.after(latency(), () -> finish("connection reset"));
      if (to != null) {
        time.after(latency(), () -> to.finish("connection reset"));
      }
    }

    private void finish(String why) {
      if (over) {
        return;
      }
      over = true;
      ended = why;
      open.remove(this);
      Listener hears = listener;
      if (hears != null) {
        process.run(() -> hears.ended(this, why));
      }
    }
  }
}
