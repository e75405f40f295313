package org.entente.gateway.cli.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.OutputOptions;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.StoreFailure;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands for copies of the ledger. */
@Command(
    name = "backup",
    description = {
      "Makes, lists, verifies and restores copies of a gateway's ledger.",
      "The configuration names their folder (backup.folder). They hold no keys: keep the keystore"
          + " apart",
      "from them. docs/operate/backup.md states what a restore recovers and what it does not."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      BackupCommand.Create.class,
      BackupCommand.ListBackups.class,
      BackupCommand.Verify.class,
      BackupCommand.Restore.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente backup create --officer FR-3 --justification 'daily backup' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator",
      "  entente backup verify --config /var/lib/entente/fr.customs/node.yaml"
    })
public final class BackupCommand {

  /** Makes a copy. */
  @Command(
      name = "create",
      description = {
        "Makes a copy while the gateway runs.",
        "When the command ends, the copy is on the disk and holds everything acknowledged before"
            + " the",
        "command began. The client needs the scope `operator`."
      },
      mixinStandardHelpOptions = true)
  static final class Create extends ClientCall {

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      CreateBackupRequest request =
          CreateBackupRequest.newBuilder().setOnBehalfOf(person.named()).build();
      Backup made;
      ProgressLine progress = ProgressLine.of(this, "copying");
      try (progress) {
        made = BackupsGrpc.newBlockingStub(channel).createBackup(request).getBackup();
      }
      tell(
          made,
          "backup %d of %s: %,d bytes, %d audit leaves, %s"
              .formatted(
                  made.getNumber(),
                  Timestamps.toString(made.getMade()),
                  made.getBytes(),
                  made.getAuditLeaves(),
                  progress.time()));
    }
  }

  /** A command that reads the node's configuration and its copies, without a gateway. */
  abstract static class OfflineCommand extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    Path config() {
      return config;
    }

    @Override
    public final void run() {
      try {
        LedgerRestore node = new LedgerRestore(config, InstantSource.system());
        node.openToOthers()
            .ifPresent(what -> err().println(TerminalText.printable("warning: " + what)));
        with(node);
      } catch (StoreFailure e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
    }

    abstract void with(LedgerRestore node);
  }

  /** Lists the copies. */
  @Command(
      name = "list",
      description = "Lists the copies, the oldest first.",
      mixinStandardHelpOptions = true)
  static final class ListBackups extends OfflineCommand {
    private static final Columns<RocksBackups.Backup> BACKUPS =
        Columns.<RocksBackups.Backup>of("backup", "backups")
            .with("number", one -> Integer.toString(one.number()))
            .with("made", one -> one.made().toString())
            .with("bytes", one -> "%,d".formatted(one.bytes()))
            .with("audit leaves", one -> Long.toString(LedgerRestore.leaves(one)));

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    void with(LedgerRestore node) {
      Listing<RocksBackups.Backup> list =
          output.listing(this, BACKUPS, ListBackups::asJson, "of " + config());
      node.list().forEach(list::add);
      list.end();
    }

    private static String asJson(RocksBackups.Backup one) {
      return JsonText.line(
          JsonText.object()
              .put("number", one.number())
              .put("made", one.made().toString())
              .put("bytes", one.bytes())
              .put("audit_leaves", LedgerRestore.leaves(one)));
    }
  }

  /** Verifies a copy. */
  @Command(
      name = "verify",
      description = {
        "Verifies a copy; the gateway may run.",
        "Restores the copy beside the ledger, reads all of it, compares every checksum, verifies"
            + " its audit",
        "log and that it continues the checkpoint signed when the copy was made, and removes it"
            + " again.",
        "Compares the copies of attachments with it. Exit code 1 if a copy is faulty."
      },
      mixinStandardHelpOptions = true)
  static final class Verify extends OfflineCommand {
    @Option(
        names = "--number",
        defaultValue = "0",
        paramLabel = "N",
        description = "number of the copy (default: the newest)")
    private int number;

    @Override
    void with(LedgerRestore node) {
      Optional<String> wrong;
      try (ProgressLine progress = ProgressLine.of(this, "verifying", "leaf", "leaves")) {
        wrong = node.verify(number, progress::at);
      }
      wrong.ifPresentOrElse(it -> err().println("not good: " + it), () -> out().println("good"));
      failUnless(wrong.isEmpty());
    }
  }

  /** Restores a copy. */
  @Command(
      name = "restore",
      description = {
        "Replaces the ledger of a stopped gateway with a copy.",
        "The copy does not hold what was acknowledged after it was made: first look for newer data",
        "(docs/operate/backup.md). Opens a new audit log if the last one cannot be continued."
            + " Message",
        "numbers begin new epochs."
      },
      mixinStandardHelpOptions = true)
  static final class Restore extends OfflineCommand {
    /** Most names in the warning. */
    private static final int MOST_NAMED = 10;

    @Option(
        names = "--number",
        defaultValue = "0",
        paramLabel = "N",
        description = "number of the copy (default: the newest)")
    private int number;

    @Option(
        names = "--replace",
        description = "move an existing ledger to another folder; nothing of it is deleted")
    private boolean replace;

    @Option(
        names = "--witnessed",
        paramLabel = "FILE",
        description = "checkpoint of this gateway's log, obtained from a witness")
    private @Nullable Path witnessed;

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    void with(LedgerRestore node) {
      LedgerRestore.RestoreResult done;
      ProgressLine progress = ProgressLine.of(this, "restoring");
      try (progress) {
        done = node.restore(number, replace, LedgerSuccession.note(witnessed), person.recorded());
      }
      RocksBackups.Backup backup = done.backup();
      out()
          .println(
              "restored     backup %d of %s: %,d bytes, %d audit leaves, %s"
                  .formatted(
                      backup.number(),
                      backup.made(),
                      backup.bytes(),
                      LedgerRestore.leaves(backup),
                      progress.time()));
      if (done.setAside() != null) {
        out().println("moved to     " + done.setAside());
      }
      if (!done.attachments()) {
        err()
            .println(
                "warning: this backup has no copy of attachments, since copying them failed or the"
                    + " gateway kept none; those of the newest copy were restored, and others of"
                    + " its messages are lost");
      }
      if (!done.missing().isEmpty()) {
        err()
            .println(
                "warning: the copies of %d attachments are missing; what attachments.folder has of"
                        .formatted(done.missing().size())
                    + " them stays: "
                    + named(done.missing()));
      }
      if (done.finding() instanceof Finding.Ended ended) {
        out().println("audit log    " + ended.next() + " is open; it " + ended.former().words());
      } else {
        out().println("audit log    continues");
      }
      out().println("then         start the gateway; docs/operate/backup.md lists whom to inform");
    }

    private static String named(List<String> missing) {
      return String.join(", ", missing.subList(0, Math.min(MOST_NAMED, missing.size())))
          + (missing.size() > MOST_NAMED ? " …" : "");
    }
  }
}
