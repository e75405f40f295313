package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.gateway.store.FileMirror;
import org.entente.proto.store.v1.FetchedAttachment;
import org.entente.proto.store.v1.OwnAttachment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Complete files, on every machine of a cluster. A machine that begins to lead may lack some, or
 * have one that was never completed: it gives none before it has compared its hash. On one machine
 * this does nothing. Safe for many threads; reading files is left to a thread of the mirror.
 */
final class CompleteFiles {
  private static final Logger LOG = LoggerFactory.getLogger(CompleteFiles.class);

  private static final int AT_ONCE = 256;

  /** Rounds from one look at all records to the next. */
  private static final int ROUNDS = 10;

  /** Files that are asked for before their turn comes; more are not noted. */
  private static final int MOST_WANTED = 1_000;

  private final AttachmentParts parts;
  private final FileMirror mirror;
  private final Set<String> here = ConcurrentHashMap.newKeySet();
  private final Set<String> everywhere = ConcurrentHashMap.newKeySet();

  /** Files of which no machine has a copy. */
  private final Set<String> lost = ConcurrentHashMap.newKeySet();

  private final Queue<Complete> wanted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private long rounds;

  CompleteFiles(AttachmentParts parts) {
    this.parts = parts;
    this.mirror = parts.mirror();
  }

  /**
   * A file that a record says is complete.
   *
   * @param message of a fetched one; null for an own one
   * @param hash of the sealed file
   * @param size of the file before sealing
   */
  private record Complete(
      String name, @Nullable MessageId message, AttachmentId id, ByteString hash, long size) {}

  /** An own file was completed: it is on most machines. */
  void completed(AttachmentId id) {
    here.add(AttachmentFolder.ownName(id));
  }

  /** A file was fetched to this machine. */
  void completed(AttachmentFetch.Key key) {
    here.add(AttachmentFolder.fetchedName(key.message(), key.attachment()));
  }

  /** Whether an own file may be given; if not yet, it is looked for next. */
  boolean isHere(AttachmentId id, OwnAttachment record) {
    return isHere(complete(id, record));
  }

  /** The same of a fetched file. */
  boolean isHere(AttachmentFetch.Key key, FetchedAttachment record) {
    return isHere(complete(key.message(), key.attachment(), record));
  }

  private static Complete complete(AttachmentId id, OwnAttachment record) {
    String name = AttachmentFolder.ownName(id);
    return new Complete(name, null, id, record.getSealedSha256(), record.getSize());
  }

  private static Complete complete(MessageId message, AttachmentId id, FetchedAttachment record) {
    String name = AttachmentFolder.fetchedName(message, id);
    return new Complete(name, message, id, record.getSealedSha256(), record.getSize());
  }

  private boolean isHere(Complete file) {
    if (!mirror.isShared() || here.contains(file.name()) || lost.contains(file.name())) {
      return true;
    }
    if (wanted.size() < MOST_WANTED && wanted.stream().noneMatch(one -> isNamed(one, file))) {
      wanted.add(file);
    }
    return false;
  }

  private static boolean isNamed(Complete one, Complete other) {
    return one.name().equals(other.name());
  }

  /** Looks for wanted files, and at times at all, on another thread unless it does so already. */
  void round() {
    boolean whole = rounds++ % ROUNDS == 0;
    if (mirror.isShared() && (whole || !wanted.isEmpty()) && looking.compareAndSet(false, true)) {
      mirror.background(
          () -> {
            try {
              wantedFiles();
              if (whole) {
                // What is here can be given, also while a machine that hangs delays the copies.
                each(this::findHere);
                each(this::copyToAll);
              }
            } finally {
              looking.set(false);
            }
          });
    }
  }

  private void each(Consumer<Complete> look) {
    Consumer<Complete> next =
        file -> {
          wantedFiles();
          look.accept(file);
        };
    ownFiles(next);
    fetchedFiles(next);
  }

  private void wantedFiles() {
    for (Complete one = wanted.poll(); one != null; one = wanted.poll()) {
      findHere(one);
    }
  }

  private void ownFiles(Consumer<Complete> look) {
    List<AttachmentTable.Own> page = parts.table().page((AttachmentId) null, AT_ONCE);
    while (!page.isEmpty()) {
      AttachmentId last = page.get(page.size() - 1).id();
      for (AttachmentTable.Own one : page) {
        if (one.record().getComplete()) {
          look.accept(complete(one.id(), one.record()));
        }
      }
      page = parts.table().page(last, AT_ONCE);
    }
  }

  private void fetchedFiles(Consumer<Complete> look) {
    List<AttachmentTable.Fetched> page =
        parts.table().page((AttachmentTable.Fetched) null, AT_ONCE);
    while (!page.isEmpty()) {
      AttachmentTable.Fetched last = page.get(page.size() - 1);
      for (AttachmentTable.Fetched one : page) {
        if (one.record().getComplete()) {
          look.accept(complete(one.message(), one.id(), one.record()));
        }
      }
      page = parts.table().page(last, AT_ONCE);
    }
  }

  private void findHere(Complete file) {
    if (here.contains(file.name()) || lost.contains(file.name())) {
      return;
    }
    try {
      boolean replaceable = file.message() != null;
      long length = AttachmentSeal.sealedLength(file.size());
      if (mirror.restore(file.name(), file.hash().toByteArray(), length, replaceable)) {
        here.add(file.name());
      } else {
        lose(file);
      }
    } catch (IOException | RuntimeException e) {
      // The edge of one file: it is looked for again in the next round.
      LOG.warn("attachment {} is not on this machine: {}", file.name(), e.getMessage());
    }
  }

  private void copyToAll(Complete file) {
    if (here.contains(file.name())
        && !everywhere.contains(file.name())
        && mirror.copyToAll(file.name())) {
      everywhere.add(file.name());
    }
  }

  /** A fetched one can be fetched again; an own one is refused like one that is over. */
  private void lose(Complete file) {
    LOG.error("no machine of the cluster has attachment {}", file.name());
    MessageId message = file.message();
    if (message == null) {
      lost.add(file.name());
      return;
    }
    boolean unused =
        parts.gateway().ledger().commit(Lane.ROUTINE, tx -> incomplete(tx, message, file.id()));
  }

  private boolean incomplete(Transaction tx, MessageId message, AttachmentId id) {
    FetchedAttachment record = parts.table().fetched(tx, message, id);
    if (record != null) {
      parts.table().put(tx, message, id, record.toBuilder().setComplete(false).build());
    }
    return record != null;
  }

  /** Removes files without a record on other machines, and notes what one of them lost. */
  void retain(Predicate<String> kept) {
    if (mirror.isShared()) {
      everywhere.retainAll(mirror.retain(kept));
      here.removeIf(kept.negate());
      // Perhaps a machine has mounted its folder meanwhile.
      lost.clear();
    }
  }
}
