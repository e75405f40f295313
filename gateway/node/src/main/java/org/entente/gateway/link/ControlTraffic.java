package org.entente.gateway.link;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkPause;
import org.entente.proto.link.v1.Notice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices, trust messages and attachments to and from one peer, over its control stream. Nothing is
 * kept for a later stream, and the send queue is bounded by {@link #MOST_WAITING} and {@link
 * #MOST_BYTES}. Attachments' frames wait behind everything else, have half of these, and leave at
 * their {@link AttachmentPace}.
 */
final class ControlTraffic implements StreamSlot.Traffic {
  private static final Logger LOG = LoggerFactory.getLogger(ControlTraffic.class);
  private static final int MOST_WAITING = 256;

  /** Memory that a peer that does not read can cost; exceeded by at most one frame. */
  private static final int MOST_BYTES = 4 << 20;

  private final LinkEnvironment environment;
  private final AgencyName peer;
  private final StreamSlot slot;
  private final Queue<Frame> waiting = new ArrayDeque<>();
  private final Queue<Frame> attachments = new ArrayDeque<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger acceptedBytes = new AtomicInteger();
  private volatile @Nullable FrameStream stream;
  private volatile @Nullable Instant lastContact;

  /** As the peer said on the latest stream: a link that went down while paused is not an outage. */
  private volatile @Nullable Instant pausedByPeer;

  /** Set once this side ends the stream for good, which is no outage either. */
  private volatile boolean ending;

  /** Whether the next frame of an attachment waits for its turn, and whether it has come. */
  private boolean resting;

  private boolean rested;

  ControlTraffic(LinkEnvironment environment, AgencyName peer, StreamSlot slot) {
    this.environment = environment;
    this.peer = peer;
    this.slot = slot;
  }

  /** Announces the end of the link by this side. */
  void ending() {
    ending = true;
  }

  /** Whether notices can be sent. */
  boolean isUp() {
    return stream != null;
  }

  /** Where this side reached the peer; empty if the peer dialled, or nothing is up. */
  Optional<Endpoint> address() {
    return Optional.ofNullable(stream).flatMap(FrameStream::address);
  }

  Optional<Instant> lastContact() {
    return Optional.ofNullable(lastContact);
  }

  /** When the peer says that it paused the link; empty if it has not. */
  Optional<Instant> pausedByPeer() {
    return Optional.ofNullable(pausedByPeer);
  }

  /** Tells the peer whether the link is paused by this side. */
  void sayPause() {
    send(pauseFrame());
  }

  private Frame pauseFrame() {
    LinkPause.Builder pause = LinkPause.newBuilder();
    environment
        .ports()
        .paused(peer)
        .ifPresent(since -> pause.setPaused(true).setSinceMs(since.toEpochMilli()));
    return Frame.newBuilder().setLinkPause(pause).build();
  }

  private void heardPause(LinkPause pause) {
    Instant now = environment.clock().instant();
    long since = Math.min(Math.max(pause.getSinceMs(), 0), now.toEpochMilli());
    pausedByPeer = pause.getPaused() ? Instant.ofEpochMilli(since) : null;
    String what = pause.getPaused() ? " has paused" : " has unpaused";
    environment.line(peer, "pause", peer + what + " the link").ifPresent(LOG::info);
  }

  /** Sends a notice as {@link #send(Frame)} does. */
  boolean send(Notice notice) {
    return send(Frame.newBuilder().setNotice(notice).build());
  }

  /** Sends a frame if there is a stream and not too much waits for it; from any thread. */
  boolean send(Frame frame) {
    int share = yields(frame) ? 2 : 1;
    if (stream == null || acceptedBytes.get() > MOST_BYTES / share) {
      return false;
    }
    if (accepted.incrementAndGet() > MOST_WAITING / share) {
      accepted.decrementAndGet();
      return false;
    }
    acceptedBytes.addAndGet(frame.getSerializedSize());
    slot.executor()
        .execute(
            () -> {
              if (stream == null) {
                forget(frame);
              } else {
                (yields(frame) ? attachments : waiting).add(frame);
                ready();
              }
            });
    return true;
  }

  private static boolean yields(Frame frame) {
    return frame.hasAttachmentPart() || frame.hasAttachmentRequest();
  }

  private void forget(Frame frame) {
    accepted.decrementAndGet();
    acceptedBytes.addAndGet(-frame.getSerializedSize());
  }

  @Override
  public Hello.Builder hello() {
    return Hello.newBuilder();
  }

  @Override
  public void connected(FrameStream opened, PeerName with, Hello said, Hello heard) {
    stream = opened;
    ending = false;
    lastContact = environment.clock().instant();
    pausedByPeer = null;
    if (environment.ports().paused(peer).isPresent()) {
      sayPause();
    }
    long version = heard.getBundleVersion();
    String text = "link to " + with + " is up; its trust bundle has version " + version;
    environment.line(peer, "up", text).ifPresent(LOG::info);
    environment.ports().onUp(with, version);
    ready();
  }

  @Override
  public void received(Frame frame) {
    lastContact = environment.clock().instant();
    switch (frame.getFrameCase()) {
      case NOTICE -> environment.ports().onNotice(peer, frame.getNotice());
      case BUNDLE_IN_FORCE, BUNDLE_REQUEST, BUNDLE_PART, FRESHNESS -> trust(frame);
      case ATTACHMENT_REQUEST, ATTACHMENT_PART -> attachment(frame);
      case LINK_PAUSE -> heardPause(frame.getLinkPause());
      // A kind of frame that only newer peers know.
      case FRAME_NOT_SET -> {}
      default -> slot.drop(Code.MALFORMED, "the control stream carries notices only");
    }
  }

  private void attachment(Frame frame) {
    long begun = environment.nanos();
    if (frame.hasAttachmentPart()) {
      environment.ports().attachments().received(peer, frame.getAttachmentPart());
    } else {
      environment.ports().attachments().requested(peer, frame.getAttachmentRequest());
    }
    environment.pace().handled(begun);
  }

  /**
   * Handles a trust message. An unreadable one is counted and the link stays up, as messages matter
   * more.
   */
  private void trust(Frame frame) {
    Optional<TrustMessage> word = TrustFrames.word(frame);
    if (word.isPresent()) {
      environment.ports().onTrust(peer, word.get());
    } else {
      environment.ports().onRefusal(peer, Code.MALFORMED);
    }
  }

  @Override
  public void ready() {
    FrameStream to = stream;
    while (to != null && to.isReady()) {
      Frame next = waiting.isEmpty() ? nextOfAttachments() : waiting.remove();
      if (next == null) {
        return;
      }
      to.send(next);
      forget(next);
    }
  }

  private @Nullable Frame nextOfAttachments() {
    if (attachments.isEmpty() || resting) {
      return null;
    }
    long wait = rested ? 0 : environment.pace().turn();
    rested = wait > 0;
    if (rested) {
      resting = true;
      environment.after(Duration.ofNanos(wait), slot.executor(), this::endRest);
      return null;
    }
    return attachments.remove();
  }

  private void endRest() {
    resting = false;
    ready();
  }

  @Override
  public void disconnected() {
    stream = null;
    waiting.forEach(this::forget);
    waiting.clear();
    attachments.forEach(this::forget);
    attachments.clear();
    boolean expected =
        ending || pausedByPeer != null || environment.ports().paused(peer).isPresent();
    environment
        .line(peer, "down", "link to " + peer + " is down")
        .ifPresent(expected ? LOG::info : LOG::warn);
    environment.ports().onDown(peer);
  }

  @Override
  public Optional<Code> stopped() {
    return Optional.empty();
  }
}
