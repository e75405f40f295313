package org.entente.gateway.node.disk;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.cluster.ClusterSettings;
import org.entente.gateway.cluster.KnownFolder;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.StoreFailure;

/** The folder of a node's ledger on this machine's disk. */
public final class LedgerFolder {
  /** Kinds of keys minted before a node's first start. */
  private static final Set<KeyKind> BEFORE_A_LEDGER =
      Set.of(KeyKind.AGENCY_PAIR, KeyKind.AUDIT_SIGNING);

  private LedgerFolder() {}

  /**
   * Opens a node's ledger, or creates an empty one if the node never had any.
   *
   * @throws StartProblem also if the node had one and it is missing, or shares it with others
   */
  public static RocksStore open(NodeConfig config) {
    requireAlone(config);
    requireLedger(config);
    return open(config.data());
  }

  /**
   * Requires a ledger of this machine alone: a change of one copy would make it differ from others.
   *
   * @throws StartProblem naming what to do; also if only the section `cluster` is missing
   */
  public static void requireAlone(NodeConfig config) {
    requireNoCopy(config);
    if (config.cluster() != null) {
      throw new StartProblem(
          "cluster: this command changes a ledger of one machine, and this one is copied to others;"
              + " use the command's form for a running gateway, if it has one"
              + " (docs/operate/cluster.md)");
    }
  }

  /**
   * Requires the ledger to exist if this node had one. An unmounted disk leaves an empty folder,
   * and a new ledger in it would have forgotten all mail.
   *
   * <p>A ledger leaves two traces outside its folder: the signed checkpoints of its audit log, and
   * keys that only a node with a ledger makes. The check needs no passphrase and changes nothing.
   * In a cluster another machine may have the ledger: {@code cluster.mark} shows what was lost.
   *
   * @throws StartProblem naming the folder, what shows that there was a ledger, and what to do
   */
  public static void requireLedger(NodeConfig config) {
    requireNoCopy(config);
    if (config.cluster() != null || holdsLedger(config)) {
      return;
    }
    List<String> traces = traces(config);
    if (!traces.isEmpty() && ClusterSettings.Folders.isOfNode(config.keystore())) {
      throw new StartProblem(
          ("data: %s holds no ledger of one machine, and %s is the keystore of a machine of a"
                  + " cluster. If it still is one, put the section `cluster` back into the"
                  + " configuration. If it goes on alone, mount the disk of its ledger, or restore"
                  + " a backup. See docs/operate/cluster.md")
              .formatted(config.data(), config.keystore()));
    }
    if (!traces.isEmpty()) {
      throw new StartProblem(
          ("data: %s %s, but this node had a ledger: %s. Its disk is probably not mounted: mount it"
                  + " and start again. If the ledger is lost, restore a backup (`entente backup"
                  + " restore`). If there is no backup either, begin an empty ledger (`entente audit"
                  + " new-log --ledger-lost`). See docs/operate/backup.md")
              .formatted(
                  config.data(),
                  Files.exists(config.data()) ? "holds no ledger" : "does not exist",
                  String.join(", and ", traces)));
    }
  }

  /** An empty ledger beside the copy of a cluster's would be a second gateway of this name. */
  private static void requireNoCopy(NodeConfig config) {
    ClusterSettings.Folders.unfinished(config.data())
        .ifPresent(
            why -> {
              throw new StartProblem("data: %s: %s".formatted(config.data(), why));
            });
    if (config.cluster() == null && ClusterSettings.Folders.holdsCopy(config.data())) {
      throw new StartProblem(
          ("data: %s holds the copy of a cluster's ledger, and the configuration has no section"
                  + " `cluster`: write it again. `entente cluster end` makes of the last machine's"
                  + " copy the ledger of a machine alone (docs/operate/cluster.md)")
              .formatted(config.data()));
    }
  }

  /** Where this machine keeps its ledger, or its copy of a cluster's. */
  public static Path of(NodeConfig config) {
    return config.cluster() == null ? config.data() : ClusterSettings.Folders.copyIn(config.data());
  }

  /** Whether the configured folder holds a ledger. */
  public static boolean holdsLedger(NodeConfig config) {
    try {
      return RocksStore.isIn(config.data());
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage() + advice(e.kind()), e);
    }
  }

  private static List<String> traces(NodeConfig config) {
    List<String> traces = new ArrayList<>();
    if (hasSigned(config.audit())) {
      traces.add(config.audit() + " holds a signed checkpoint of its audit log");
    }
    Set<KeyKind> kinds = kinds(config.keystore());
    kinds.removeAll(BEFORE_A_LEDGER);
    if (!kinds.isEmpty()) {
      traces.add(config.keystore() + " holds keys made with it");
    }
    return traces;
  }

  private static boolean hasSigned(Path audit) {
    try {
      return AuditLog.hasSigned(audit);
    } catch (UncheckedIOException e) {
      throw ConfiguredFiles.unusable("audit", audit, e);
    }
  }

  private static Set<KeyKind> kinds(Path keystore) {
    try {
      return Keystore.kindsIn(keystore);
    } catch (KeystoreFailure e) {
      throw new StartProblem("keystore: " + e.getMessage(), e);
    }
  }

  /**
   * The folder of attachments of a machine alone; empty if it keeps none. The mark lies in the
   * folder `audit`, which is to be on another disk than `data`.
   */
  public static Optional<KnownFolder> attachments(NodeConfig config) {
    AttachmentsConfig attachments = config.attachments();
    return attachments == null
        ? Optional.empty()
        : Optional.of(
            new KnownFolder(attachments.folder(), config.audit().resolve("attachments.mark")));
  }

  /**
   * Opens the store in a folder, or creates an empty one.
   *
   * @throws StartProblem saying why it cannot be opened, and what to do
   */
  public static RocksStore open(Path data) {
    try {
      return RocksStore.open(data, RocksOptions.defaults());
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage() + advice(e.kind()), e);
    }
  }

  private static String advice(StoreFailure.Kind kind) {
    return switch (kind) {
      case OTHER_FORMAT -> "; start that release, or restore a backup made by this one";
      case LOCKED -> "; the gateway is already running";
      case INSECURE -> "; make it private (chmod 700) and check who read it";
      case CORRUPT ->
          "; nothing was changed: keep a copy of the folder, and check the disk and the memory. If"
              + " the file cannot be recovered, restore a backup (`entente backup restore"
              + " --replace`). If there is none, rename the folder and begin an empty ledger"
              + " (`entente audit new-log --ledger-lost`). See docs/operate/operating.md";
      case DISK_FULL -> "; free space on its disk";
      default -> "";
    };
  }
}
