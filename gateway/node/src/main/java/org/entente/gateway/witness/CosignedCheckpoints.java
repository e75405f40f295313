package org.entente.gateway.witness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.gateway.audit.CheckpointFile;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.WitnessTable;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest cosigned checkpoint of each other gateway, in a file of its own outside the ledger, so
 * that a ledger which is restored or begun again cosigns no second history. A file is on the disk
 * before the cosignature is made. At most one small file for each gateway of a member. Failures of
 * the disk are {@link UncheckedIOException}. Safe for many threads.
 */
public final class CosignedCheckpoints {
  private static final Logger LOG = LoggerFactory.getLogger(CosignedCheckpoints.class);

  /** How files end. A member chooses its gateway's name, so that alone tells nothing. */
  private static final String SUFFIX = ".note";

  private final Path folder;

  /** What each file holds, as far as this process wrote it. */
  private final Map<LogOrigin, HeldCheckpoint> written = new HashMap<>();

  /** Files in a folder, which is created with the first of them. */
  public CosignedCheckpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the latest checkpoint that is held of a gateway durable; quick if that or a later one is
   * so already.
   */
  synchronized void keep(HeldCheckpoint latest) {
    LogOrigin gateway = latest.origin().numbered(1);
    HeldCheckpoint last = written.get(gateway);
    if (last == null || last.isBefore(latest)) {
      String name = gateway.agency() + "." + gateway.gateway() + SUFFIX;
      CheckpointFile.of(folder, name).write(WitnessTable.encode(latest));
      written.put(gateway, latest);
    }
  }

  /** What the files hold. One that is damaged is reported and passed over. */
  synchronized List<HeldCheckpoint> read() {
    List<HeldCheckpoint> out = new ArrayList<>();
    for (String name : names()) {
      try {
        CheckpointFile.of(folder, name).read().map(WitnessTable::decode).ifPresent(out::add);
      } catch (CorruptRecord e) {
        LOG.error(
            "the file {} is damaged: if the ledger is restored, that log can be cosigned twice",
            folder.resolve(name));
      }
    }
    return out;
  }

  private List<String> names() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(SUFFIX))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }
}
