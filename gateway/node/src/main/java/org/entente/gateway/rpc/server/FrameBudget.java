package org.entente.gateway.rpc.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;

/**
 * Counts the frames of one HTTP/2 connection (RFC 9113, section 4.1) between TLS and HTTP/2, and
 * lets nothing more through once those that carry nothing exceed their caller's budget: SETTINGS,
 * PRIORITY, WINDOW_UPDATE, answers to pings, GOAWAY, DATA without data, and frames of unknown
 * types. Each costs its sender nine bytes, and the gateway a decision, an answer or memory. What
 * the gateway sends, and calls, earn the caller more: an honest one answers bytes with
 * WINDOW_UPDATE. gRPC bounds HEADERS, RST_STREAM, CONTINUATION and PING where it serves; where it
 * dials it does not, so that all frames but DATA cost there. Used by the connection's thread.
 */
final class FrameBudget extends ChannelDuplexHandler {
  /** One frame is earned by this many bytes sent; the smallest usual window is 65,535 bytes. */
  private static final double BYTES_A_FRAME = 512;

  private static final int FRAMES_A_CALL = 4;

  private static final int PREFACE_BYTES = 24;
  private static final int HEADER_BYTES = 9;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int PUSH_PROMISE = 5;
  private static final int PING = 6;
  private static final int CONTINUATION = 9;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int PADDED = 8;

  private final Account caller;
  private final boolean dialled;
  private final Runnable exceeded;
  private final byte[] header = new byte[HEADER_BYTES];
  private int known;
  private int skip;
  private int calls;
  private int control;
  private boolean over;

  private FrameBudget(Account caller, boolean dialled, Runnable exceeded) {
    this.caller = caller;
    this.dialled = dialled;
    this.exceeded = exceeded;
    this.skip = dialled ? 0 : PREFACE_BYTES;
  }

  /**
   * Counts a connection that a caller dialled.
   *
   * @param caller whose budget it is, over all its connections
   * @param exceeded ends the connection
   */
  static FrameBudget ofAccepted(Account caller, Runnable exceeded) {
    return new FrameBudget(caller, /* dialled= */ false, exceeded);
  }

  /** The same for a connection that this gateway dialled. */
  static FrameBudget ofDialled(Account dialled, Runnable exceeded) {
    return new FrameBudget(dialled, /* dialled= */ true, exceeded);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!over && message instanceof ByteBuf bytes) {
      over = !isWithin(bytes);
      if (over) {
        exceeded.run();
      }
    }
    if (over) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // it is that of the promise
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      caller.earn(Work.CONTROL_FRAMES, bytes.readableBytes() / BYTES_A_FRAME);
    }
    context.write(message, promise);
  }

  private boolean isWithin(ByteBuf bytes) {
    calls = 0;
    control = 0;
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex()) {
      if (skip > 0) {
        int skipped = Math.min(skip, bytes.writerIndex() - at);
        skip -= skipped;
        at += skipped;
      } else {
        header[known++] = bytes.getByte(at++);
        if (known == HEADER_BYTES) {
          known = 0;
          frame();
        }
      }
    }
    if (calls > 0) {
      caller.earn(Work.CONTROL_FRAMES, (double) calls * FRAMES_A_CALL);
    }
    return control == 0 || caller.spend(Work.CONTROL_FRAMES, control);
  }

  private void frame() {
    int length = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
    int flags = header[4];
    skip = length;
    boolean carries =
        switch (header[3] & 0xff) {
          case HEADERS, RST_STREAM, PUSH_PROMISE, CONTINUATION -> !dialled;
          case PING -> !dialled && (flags & ACK) == 0;
          case DATA -> (flags & END_STREAM) != 0 || (length > 0 && (flags & PADDED) == 0);
          default -> false;
        };
    if (!carries) {
      control++;
    } else if ((header[3] & 0xff) == HEADERS) {
      calls++;
    }
  }
}
