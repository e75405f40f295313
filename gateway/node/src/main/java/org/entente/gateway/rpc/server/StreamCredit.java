package org.entente.gateway.rpc.server;

/**
 * How many further requests a stream of drafts may send. What is on its way is counted as it is, in
 * drafts and bytes; what was asked for and has not arrived is taken to be as large as the largest
 * of late, so that a client's few large messages hold it back while they pass and not for as long
 * as its stream lasts. A pure count, guarded by whoever owns it.
 */
public final class StreamCredit {
  /** Asked for before the first request says how large they are. */
  static final int FIRST = 4;

  /** After so many requests, those before the last so many are forgotten. */
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
   * Nothing was asked for.
   *
   * @param drafts that may be on their way
   * @param bytes that they may have together; one larger request is taken all the same
   */
  public StreamCredit(int drafts, long bytes) {
    this.drafts = drafts;
    this.bytes = bytes;
  }

  /** A request came; its drafts are on their way. */
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

  /** A draft has its outcome, and is not kept any longer itself. */
  public void answered(long draftBytes) {
    bytesOnTheWay -= draftBytes;
  }

  /** Outcomes went to the client; their drafts are not on their way any more. */
  public void told(int outcomes) {
    draftsOnTheWay -= outcomes;
  }

  /** Of all drafts that arrived the client was told the outcome. */
  public boolean isIdle() {
    return draftsOnTheWay == 0;
  }

  /**
   * Requests to ask for now, counted as asked; 0 while it is not worth while: at most a quarter of
   * what there may be, and others are still to come.
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
