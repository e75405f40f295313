package org.entente.gateway.cli;

import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.entente.gateway.cli.audit.AuditCommand;
import org.entente.gateway.cli.call.EntenteCommand;
import org.entente.gateway.cli.call.FieldOptions;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.ceremony.FederationCommand;
import org.entente.gateway.cli.ceremony.InitCommand;
import org.entente.gateway.cli.ceremony.JoinCommand;
import org.entente.gateway.cli.ceremony.KeystoreCommand;
import org.entente.gateway.cli.ipr.IprCommand;
import org.entente.gateway.cli.message.AttachCommand;
import org.entente.gateway.cli.message.CapCommand;
import org.entente.gateway.cli.message.ChainCommand;
import org.entente.gateway.cli.message.ChargeCommand;
import org.entente.gateway.cli.message.ConsentCommand;
import org.entente.gateway.cli.message.FeedbackCommand;
import org.entente.gateway.cli.message.FetchCommand;
import org.entente.gateway.cli.message.OpenCommand;
import org.entente.gateway.cli.message.RecallCommand;
import org.entente.gateway.cli.message.RelatedCommand;
import org.entente.gateway.cli.message.ReleaseCommand;
import org.entente.gateway.cli.message.RiskCommand;
import org.entente.gateway.cli.message.SearchCommand;
import org.entente.gateway.cli.message.SendCommand;
import org.entente.gateway.cli.message.SubscriptionCommand;
import org.entente.gateway.cli.message.TailCommand;
import org.entente.gateway.cli.message.ThreadCommand;
import org.entente.gateway.cli.message.TrackCommand;
import org.entente.gateway.cli.message.UnopenedCommand;
import org.entente.gateway.cli.message.WatchCommand;
import org.entente.gateway.cli.operation.OperationCommand;
import org.entente.gateway.cli.operator.BackupCommand;
import org.entente.gateway.cli.operator.ClientCommand;
import org.entente.gateway.cli.operator.ClusterCommand;
import org.entente.gateway.cli.operator.CompletionCommand;
import org.entente.gateway.cli.operator.ConfigCommand;
import org.entente.gateway.cli.operator.ConsoleCommand;
import org.entente.gateway.cli.operator.ContextCommand;
import org.entente.gateway.cli.operator.DoctorCommand;
import org.entente.gateway.cli.operator.EraseCommand;
import org.entente.gateway.cli.operator.HoldCommand;
import org.entente.gateway.cli.operator.KeysCommand;
import org.entente.gateway.cli.operator.LinkCommand;
import org.entente.gateway.cli.operator.ManualCommand;
import org.entente.gateway.cli.operator.QuarantineCommand;
import org.entente.gateway.cli.operator.RunCommand;
import org.entente.gateway.cli.operator.SizingCommand;
import org.entente.gateway.cli.operator.TlsCommand;
import org.entente.gateway.cli.policy.PolicyCommand;
import org.entente.gateway.cli.request.DiscoverCommand;
import org.entente.gateway.cli.request.RequestCommand;
import org.entente.gateway.cli.request.ResponderCommand;
import org.entente.gateway.model.BuildVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The {@code entente} command. Finds the commands of other modules ({@code certs}, {@code demo}) on
 * the class path, as services of {@link EntenteCommand}, so that the gateway does not depend on
 * development tools.
 */
@Command(
    name = "entente",
    description = "Gateway through which agencies exchange sealed alerts.",
    mixinStandardHelpOptions = true,
    version = "Entente " + BuildVersion.CURRENT,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done",
      "  1  failed, or a check failed; the reason is on standard error",
      "  2  wrong usage; nothing was done",
      "  3  a gateway or its policy refused",
      "  4  no gateway answered",
      "",
      "Each command has a manual page: man entente-policy-lint"
    })
public final class RootCommand {
  /** The commands, in the order in which help lists them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          InitCommand.class,
          JoinCommand.class,
          FederationCommand.class,
          RunCommand.class,
          ContextCommand.class,
          AttachCommand.class,
          SendCommand.class,
          TailCommand.class,
          SearchCommand.class,
          OpenCommand.class,
          FetchCommand.class,
          RelatedCommand.class,
          FeedbackCommand.class,
          WatchCommand.class,
          RiskCommand.class,
          RequestCommand.class,
          ResponderCommand.class,
          DiscoverCommand.class,
          ThreadCommand.class,
          CapCommand.class,
          TrackCommand.class,
          UnopenedCommand.class,
          ReleaseCommand.class,
          ConsentCommand.class,
          RecallCommand.class,
          ChargeCommand.class,
          ChainCommand.class,
          EraseCommand.class,
          HoldCommand.class,
          PolicyCommand.class,
          AuditCommand.class,
          ConfigCommand.class,
          DoctorCommand.class,
          ConsoleCommand.class,
          BackupCommand.class,
          ClusterCommand.class,
          KeysCommand.class,
          ClientCommand.class,
          TlsCommand.class,
          QuarantineCommand.class,
          LinkCommand.class,
          SubscriptionCommand.class,
          OperationCommand.class,
          IprCommand.class,
          KeystoreCommand.class,
          SizingCommand.class,
          CompletionCommand.class,
          ManualCommand.class,
          HelpCommand.class);

  private static final Set<Class<?>> DESCRIBE_ALL =
      Set.of(CompletionCommand.class, ManualCommand.class);

  private RootCommand() {}

  /** Runs a command and returns its exit code. */
  public static int execute(String... args) {
    return commandLine(args).execute(args);
  }

  /**
   * The command line with all commands on the class path. If the arguments begin with the name of a
   * command, it holds only that command, to save the time for the others.
   */
  public static CommandLine commandLine(String... args) {
    List<Class<?>> commands = new ArrayList<>(COMMANDS);
    ServiceLoader.load(EntenteCommand.class).stream()
        .map(ServiceLoader.Provider::type)
        .forEach(commands::add);
    List<Class<?>> named = commands.stream().filter(command -> isNamed(command, args)).toList();
    return CommandLines.of(
        new RootCommand(), named.isEmpty() ? commands : named, RootCommand::explainCall);
  }

  /** Names the options of the fields that a gateway refused. */
  private static Exception explainCall(Exception thrown, CommandLine line) {
    return thrown instanceof StatusRuntimeException
        ? RpcFailures.explain(thrown, FieldOptions.of(line.getCommandSpec()))
        : thrown;
  }

  /**
   * Whether the arguments begin with this command's name. Never true of help, completion and the
   * manual, which describe all commands.
   */
  private static boolean isNamed(Class<?> command, String... args) {
    Command described = command.getAnnotation(Command.class);
    return args.length > 0
        && described.name().equals(args[0])
        && !described.helpCommand()
        && !DESCRIBE_ALL.contains(command);
  }
}
