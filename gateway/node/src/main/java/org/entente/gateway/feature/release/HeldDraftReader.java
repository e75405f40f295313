package org.entente.gateway.feature.release;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Draft;
import org.jspecify.annotations.Nullable;

/** Reads the drafts that wait for a second person, from outside the gateway and without changes. */
public final class HeldDraftReader {
  private static final int PAGE = 256;

  private final HeldDraftTable book;
  private final HeldDrafts drafts;

  /** The drafts of a table, sealed at rest. */
  public HeldDraftReader(HeldDraftTable book, RecordSeal atRest) {
    this.book = book;
    this.drafts = new HeldDrafts(book, atRest, HeldDrafts.Limits.NONE);
  }

  /**
   * One held draft.
   *
   * @param id the message's id
   * @param since when it was published
   * @param draft as it was published
   */
  public record WaitingDraft(MessageId id, Instant since, Draft draft) {
    /** Names the message, never the content. */
    @Override
    public String toString() {
      return "held draft " + id;
    }
  }

  /** Passes each draft that can be opened to the consumer, oldest first. */
  public void forEach(Consumer<WaitingDraft> looking) {
    @Nullable MessageId after = null;
    List<HeldDraftTable.Entry> page = book.page(after, PAGE);
    while (!page.isEmpty()) {
      for (HeldDraftTable.Entry entry : page) {
        Instant since = Instant.ofEpochMilli(entry.record().getSinceMs());
        drafts
            .draft(entry.id())
            .ifPresent(draft -> looking.accept(new WaitingDraft(entry.id(), since, draft)));
        after = entry.id();
      }
      page = book.page(after, PAGE);
    }
  }
}
