package org.entente.gateway.feature.attachment;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.OwnAttachment;
import org.jspecify.annotations.Nullable;

/**
 * Removes files whose time or message is over, and files without a record, which a crash leaves.
 * The keys of fetched files die with their messages; this gives back the room. Used by one thread.
 */
final class AttachmentSweep {
  private static final int AT_ONCE = 256;

  /** For this long after its end an upload stays, since a draft that has it may be on its way. */
  private static final Duration ON_THE_WAY = Duration.ofHours(1);

  private final AttachmentParts parts;
  private final AttachmentFetches fetches;
  private final Uploads uploads;
  private final CompleteFiles files;

  AttachmentSweep(
      AttachmentParts parts, AttachmentFetches fetches, Uploads uploads, CompleteFiles files) {
    this.parts = parts;
    this.files = files;
    this.fetches = fetches;
    this.uploads = uploads;
  }

  /** Looks at all records. */
  void round() {
    ownFiles();
    fetchedFiles();
  }

  private void ownFiles() {
    AttachmentId after = null;
    List<AttachmentTable.Own> page = parts.table().page(after, AT_ONCE);
    while (!page.isEmpty()) {
      for (AttachmentTable.Own one : page) {
        if (isOver(one.record())) {
          parts.gateway().ledger().commit(Lane.ROUTINE, tx -> removeOwn(tx, one.id()));
          uploads.gone(one.id());
        }
        after = one.id();
      }
      page = parts.table().page(after, AT_ONCE);
    }
  }

  private boolean isOver(OwnAttachment record) {
    long grace = record.getMessageId().isEmpty() ? ON_THE_WAY.toMillis() : 0;
    return record.getUntilMs() + grace <= parts.endingMillis();
  }

  private boolean removeOwn(Transaction tx, AttachmentId id) {
    OwnAttachment record = parts.table().find(tx, id);
    if (record == null || !isOver(record)) {
      return false;
    }
    boolean removed = parts.table().remove(tx, id);
    parts.deleteAfter(tx, parts.folder().own(id, record.getSize()));
    return removed;
  }

  private void fetchedFiles() {
    AttachmentTable.@Nullable Fetched after = null;
    List<AttachmentTable.Fetched> page = parts.table().page(after, AT_ONCE);
    while (!page.isEmpty()) {
      for (AttachmentTable.Fetched one : page) {
        if (fetches.isGone(new AttachmentFetch.Key(one.message(), one.id()))) {
          parts.gateway().ledger().commit(Lane.ROUTINE, tx -> removeFetched(tx, one));
        }
        after = one;
      }
      page = parts.table().page(after, AT_ONCE);
    }
  }

  private boolean removeFetched(Transaction tx, AttachmentTable.Fetched one) {
    boolean removed = parts.table().remove(tx, one.message(), one.id());
    parts.deleteAfter(tx, parts.folder().fetched(one.message(), one.id(), one.record().getSize()));
    return removed;
  }

  /**
   * Removes files that have no record, on every machine of a cluster. A record is durable before
   * its file exists.
   */
  void orphans() {
    Set<String> known = new HashSet<>();
    List<String> names = parts.folder().names();
    for (String name : names) {
      if (isKnown(name)) {
        known.add(name);
      }
    }
    names.stream().filter(name -> !known.contains(name)).forEach(parts.folder()::remove);
    files.retain(this::isKnown);
  }

  private boolean isKnown(String name) {
    int hex = 2 * AttachmentId.SIZE;
    AttachmentId last = AttachmentId.parse(name.substring(name.length() - hex));
    return name.length() == hex
        ? parts.table().has(last)
        : parts.table().has(MessageId.parse(name.substring(0, hex)), last);
  }
}
