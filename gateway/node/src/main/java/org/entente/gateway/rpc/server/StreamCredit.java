package org.entente.gateway.rpc.server;

/**
 * Flow control for a stream of drafts: how many further requests to accept. Drafts in progress are
 * counted exactly, in number and bytes. A requested but not yet received one counts as the largest
 * recent one, so that a few large messages slow the stream only while they pass. Pure; the owner
 * synchronizes.
 */
public final class StreamCredit {
  /** Requests accepted before the first one shows their size. */
  static final int FIRST = 4;

  /** The number of requests that count as recent. */
  static final int LATE = 32;

  private final int drafts;
  private final long bytes;
  private int draftsOnTheWay;
  private long bytesOnTheWay;
  private int asked;
  private int arrived;
  private Largest late = new Largest(0, 0);
  private Largest before = late;

  private record Largest(int drafts, long bytes) {
    Largest or(int moreDrafts, long moreBytes) {
      return new Largest(Math.max(drafts, moreDrafts), Math.max(bytes, moreBytes));
    }
  }

  /**
   * Creates a credit with nothing requested.
   *
   * @param drafts most drafts in progress
   * @param bytes most bytes of these together; a single larger request is still accepted
   */
  public StreamCredit(int drafts, long bytes) {
    this.drafts = drafts;
    this.bytes = bytes;
  }

  /** Adds a received request; its drafts are in progress. */
  public void arrived(int requestDrafts, long requestBytes) {
    asked--;
    draftsOnTheWay += requestDrafts;
    bytesOnTheWay += requestBytes;
    if (arrived == LATE) {
      before = late;
      late = new Largest(0, 0);
      arrived = 0;
    }
    arrived++;
    late = late.or(requestDrafts, requestBytes);
  }

  /** Records that a draft has its outcome and is no longer held in memory. */
  public void answered(long draftBytes) {
    bytesOnTheWay -= draftBytes;
  }

  /** Records outcomes sent to the client; their drafts are no longer in progress. */
  public void told(int outcomes) {
    draftsOnTheWay -= outcomes;
  }

  /** Whether the client was sent the outcomes of all received drafts. */
  public boolean isIdle() {
    return draftsOnTheWay == 0;
  }

  /**
   * The number of requests to accept now, counted as requested. 0 while it is not worthwhile: at
   * most a quarter of the limit, with others still to arrive.
   */
  public int take() {
    int most = Math.max(1, Math.max(late.drafts(), before.drafts()));
    long largest = Math.max(late.bytes(), before.bytes());
    if (largest == 0) {
      return asked(FIRST - asked, FIRST);
    }
    long window = Math.max(1, Math.min(drafts / most, bytes / largest));
    long room =
        Math.min(
            (drafts - draftsOnTheWay) / most - asked, (bytes - bytesOnTheWay) / largest - asked);
    boolean oneMay = draftsOnTheWay == 0 && asked == 0;
    return asked(oneMay ? Math.max(1, room) : room, window);
  }

  private int asked(long room, long window) {
    if (room >= Math.max(1, window / 4) || (room > 0 && asked == 0)) {
      asked += (int) room;
      return (int) room;
    }
    return 0;
  }
}
