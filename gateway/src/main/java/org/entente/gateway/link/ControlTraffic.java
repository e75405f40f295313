package org.entente.gateway.link;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Notice;
import org.jspecify.annotations.Nullable;

/** Notices to and from one peer, over its control stream. Nothing is kept for a later stream. */
final class ControlTraffic implements StreamSlot.Traffic {
  private static final int MOST_WAITING = 256;

  private final LinkEnvironment environment;
  private final AgencyName peer;
  private final StreamSlot slot;
  private final Queue<Notice> waiting = new ArrayDeque<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile @Nullable FrameStream stream;
  private volatile @Nullable Instant lastContact;

  ControlTraffic(LinkEnvironment environment, AgencyName peer, StreamSlot slot) {
    this.environment = environment;
    this.peer = peer;
    this.slot = slot;
  }

  /** Whether notices go through. */
  boolean isUp() {
    return stream != null;
  }

  Optional<Instant> lastContact() {
    return Optional.ofNullable(lastContact);
  }

  /** Sends a notice if there is a stream and not too much waits for it; from any thread. */
  boolean send(Notice notice) {
    if (stream == null) {
      return false;
    }
    if (accepted.incrementAndGet() > MOST_WAITING) {
      accepted.decrementAndGet();
      return false;
    }
    slot.executor()
        .execute(
            () -> {
              if (stream == null) {
                accepted.decrementAndGet();
              } else {
                waiting.add(notice);
                ready();
              }
            });
    return true;
  }

  @Override
  public Hello.Builder hello() {
    return Hello.newBuilder();
  }

  @Override
  public void connected(FrameStream opened, PeerName with, Hello said, Hello heard) {
    stream = opened;
    lastContact = environment.clock().instant();
    environment.ports().onUp(with, heard.getBundleVersion());
    ready();
  }

  @Override
  public void received(Frame frame) {
    lastContact = environment.clock().instant();
    switch (frame.getFrameCase()) {
      case NOTICE -> environment.ports().onNotice(peer, frame.getNotice());
      // A kind of frame that a newer peer knows.
      case FRAME_NOT_SET -> {}
      default -> slot.drop(Code.MALFORMED, "the control stream carries notices only");
    }
  }

  @Override
  public void ready() {
    FrameStream to = stream;
    while (to != null && !waiting.isEmpty() && to.isReady()) {
      to.send(Frame.newBuilder().setNotice(waiting.remove()).build());
      accepted.decrementAndGet();
    }
  }

  @Override
  public void disconnected() {
    stream = null;
    accepted.addAndGet(-waiting.size());
    waiting.clear();
    environment.ports().onDown(peer);
  }

  @Override
  public Optional<Code> stopped() {
    return Optional.empty();
  }
}
