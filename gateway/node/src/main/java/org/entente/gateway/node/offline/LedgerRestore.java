package org.entente.gateway.node.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.AuditReport;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.audit.LogCopy;
import org.entente.gateway.audit.LogReader;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.StoredLog;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.LedgerBackups;
import org.entente.gateway.node.assembly.LedgerStorage;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.disk.FolderExchange;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksBackups.Backup;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;
import org.jspecify.annotations.Nullable;

/**
 * Puts a copy of the ledger in the place of the ledger of a node that does not run, and takes it up
 * so that nothing is given away that others remember: another audit log where the last one cannot
 * be continued, and new epochs of all numbers. All of that is done to the copy before it takes its
 * place, so that a restore that was interrupted has changed nothing, but for the moment of the
 * exchange, when the ledger that was there is set aside and nothing is in its place.
 */
public final class LedgerRestore {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path configFile;
  private final ConfiguredFiles files;
  private final NodeConfig config;
  private final Path folder;
  private final InstantSource clock;

  /**
   * What was done.
   *
   * @param setAside where the ledger that was in its place is now; null if there was none
   * @param finding what was found about the audit log
   */
  public record RestoreResult(Backup backup, @Nullable Path setAside, Finding finding) {}

  /**
   * The node that a configuration describes.
   *
   * @throws StartProblem if the configuration cannot be read, or names no folder for backups
   */
  public LedgerRestore(Path configFile, InstantSource clock) {
    this.configFile = configFile;
    this.clock = clock;
    files = ConfiguredFiles.read(configFile, clock);
    config = files.config();
    NodeConfig.Backup settings = config.backup();
    if (settings == null) {
      throw new StartProblem("backup: the configuration names no folder for backups");
    }
    folder = settings.folder();
  }

  /** The copies there are, the oldest first. */
  public List<Backup> list() {
    return new RocksBackups(folder).list();
  }

  /** Leaves of the audit log under the checkpoint that was signed when a copy was begun. */
  public static long leaves(Backup backup) {
    return LedgerBackups.leaves(backup);
  }

  /**
   * Restores a copy beside the ledger, reads all of it, verifies its audit log and that it
   * continues the checkpoint that went with it, by the keys of the trust bundle, and removes it
   * again. The node may run.
   *
   * @param number of the copy; 0 for the newest
   * @return what is wrong with it; empty if nothing is
   * @throws StartProblem if there is no such copy
   */
  public Optional<String> verify(int number) {
    Backup backup = find(number);
    Path tried = beside("verifying");
    remove(tried);
    try {
      new RocksBackups(folder).restore(backup.number(), tried);
      try (RocksStore store = RocksStore.openReadOnly(tried)) {
        store.verify();
        return backup.note().isEmpty() ? Optional.empty() : fault(store, tried, backup.note());
      }
    } catch (StoreFailure e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      remove(tried);
    }
  }

  private Optional<String> fault(Store store, Path folder, String note) {
    List<VerifyingPair> pairs =
        files.verifiedBundle().agency(new AgencyName(config.agency())).map(Member::audit).stream()
            .flatMap(List::stream)
            .map(AgencyKey::pair)
            .toList();
    AuditReport report =
        new AuditVerifier(
                AuditComponents.verifier(config, StoredLog.numberInForce(store), pairs),
                LeafOpener.WITHOUT_KEYS)
            .verify(
                new LogCopy(
                    StoredLog.inForce(store, folder),
                    new LogReader.Copy(
                        "the checkpoint kept with the backup", note.getBytes(UTF_8))));
    return report.faults().stream().findFirst();
  }

  /**
   * Restores a copy.
   *
   * @param number of the copy; 0 for the newest
   * @param replace whether a ledger that is in the place is set aside; it is never removed
   * @param witnessed a checkpoint that a witness holds, if one is at hand
   * @param by who decides and why
   * @throws StartProblem if the node runs, there is no such copy, a ledger is in the place, or the
   *     copy cannot be taken up; nothing has changed then
   */
  public RestoreResult restore(
      int number, boolean replace, Optional<byte[]> witnessed, AuditPerson by) {
    Backup backup = find(number);
    Path data = config.data();
    boolean occupied = isOccupied(data);
    if (occupied && !replace) {
      throw new StartProblem(
          data + " holds a ledger; --replace sets it aside, and removes nothing of it");
    }
    requireStopped();
    Path restored = beside("restoring");
    remove(restored);
    new RocksBackups(folder).restore(backup.number(), restored);
    Finding finding =
        new LedgerSuccession(
                configFile, place -> LedgerStorage.open(restored), clock, new SecureRandom())
            .restored(
                witnessed,
                by,
                "restored backup %d of %s".formatted(backup.number(), backup.made()));
    try {
      Path aside = occupied ? beside("replaced-" + STAMP.format(clock.instant())) : null;
      new FolderExchange(FolderExchange.OF_THIS_MACHINE).exchange(restored, data, aside);
      return new RestoreResult(backup, aside, finding);
    } catch (IOException e) {
      throw new StartProblem("data: " + e.getMessage(), e);
    }
  }

  private Backup find(int number) {
    List<Backup> all = list();
    return all.stream()
        .filter(backup -> number == 0 || backup.number() == number)
        .reduce((earlier, later) -> later)
        .orElseThrow(
            () ->
                new StartProblem(
                    "backup: "
                        + (number == 0 ? "there is none" : "there is no backup " + number)
                        + " in "
                        + folder));
  }

  /** A running node holds its keystore. */
  private void requireStopped() {
    files.keystore(new SecureRandom()).close();
  }

  private static boolean isOccupied(Path data) {
    try (var inside = Files.isDirectory(data) ? Files.list(data) : java.util.stream.Stream.of()) {
      return inside.findAny().isPresent();
    } catch (IOException e) {
      throw new StartProblem("data: " + data + " cannot be read: " + FileErrorText.words(e), e);
    }
  }

  private Path beside(String what) {
    Path data = config.data();
    return data.resolveSibling(data.getFileName() + "." + what);
  }

  /** Remains of a restore that was interrupted. */
  private static void remove(Path remains) {
    if (!Files.isDirectory(remains)) {
      return;
    }
    try {
      Files.walkFileTree(
          remains,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
                throws IOException {
              Files.delete(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new StartProblem(
          "data: " + remains + " cannot be removed: " + FileErrorText.words(e), e);
    }
  }
}
