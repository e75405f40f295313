package org.entente.gateway.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.ledger.record.AtRest;
import org.entente.gateway.ledger.table.HeldBook;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Draft;
import org.jspecify.annotations.Nullable;

/** The drafts that wait for a second person, for a look from outside that changes nothing. */
public final class WaitingDrafts {
  private static final int PAGE = 256;

  private final HeldBook book;
  private final HeldDrafts drafts;

  /** Those of a book, sealed at rest. */
  public WaitingDrafts(HeldBook book, AtRest atRest) {
    this.book = book;
    this.drafts = new HeldDrafts(book, atRest, 0, Duration.ZERO);
  }

  /**
   * One of them.
   *
   * @param id the message's id
   * @param since when it was published
   * @param draft as it was published
   */
  public record Waiting(MessageId id, Instant since, Draft draft) {
    /** Names the message, never the content. */
    @Override
    public String toString() {
      return "held draft " + id;
    }
  }

  /** Shows each that opens, oldest first. */
  public void forEach(Consumer<Waiting> looking) {
    @Nullable MessageId after = null;
    List<HeldBook.Entry> page = book.page(after, PAGE);
    while (!page.isEmpty()) {
      for (HeldBook.Entry entry : page) {
        Instant since = Instant.ofEpochMilli(entry.record().getSinceMs());
        drafts
            .draft(entry.id())
            .ifPresent(draft -> looking.accept(new Waiting(entry.id(), since, draft)));
        after = entry.id();
      }
      page = book.page(after, PAGE);
    }
  }
}
