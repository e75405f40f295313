package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.OverloadRetry;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.BeginUploadResponse;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.ShowUploadRequest;
import org.entente.proto.v1.ShowUploadResponse;
import org.entente.proto.v1.WriteUploadRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Uploads a file for a message. */
@Command(
    name = "attach",
    description = {
      "Uploads a file for a later message, and prints the upload's id for `send --attach`.",
      "--resume continues an interrupted upload. The gateway removes an upload without a message"
          + " after a day, unless it is configured otherwise.",
      "The client needs the scope `publish`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente attach quay.jpg --media-type image/jpeg --gateway 127.0.0.1:7441 \\",
      "      --credentials fr.customs/clients/declarations"
    })
public final class AttachCommand extends ClientCall {
  /** Any bytes (RFC 2046, section 4.5.1). */
  private static final String UNKNOWN = "application/octet-stream";

  @Parameters(
      paramLabel = "FILE",
      description = "the file: at most 2 GiB, or less if the gateway is configured so")
  private Path file = Path.of("");

  @Option(
      names = "--media-type",
      paramLabel = "TYPE",
      description =
          "media type that recipients see, such as image/jpeg (default: by the ending of the"
              + " file's name)")
  private String mediaType = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "name that recipients see (default: the file's)")
  private String name = "";

  @Option(
      names = "--handling",
      paramLabel = "CODE",
      description =
          "handling code of the file alone: H0 (only against crime), H1 (no use in court without"
              + " permission), H2 (not to be passed on without permission) or H3 (other); may be"
              + " repeated")
  private List<Handling> handling = List.of();

  @RequestField("upload_id")
  @Option(
      names = "--resume",
      paramLabel = "UPLOAD",
      description =
          "continue an interrupted upload of the same file: its id, 32 hex digits, which the first"
              + " call printed")
  private ByteString upload = ByteString.EMPTY;

  private final OverloadRetry retry = new OverloadRetry();

  @Override
  public void with(ManagedChannel channel) {
    AttachmentsGrpc.AttachmentsBlockingStub gateway = AttachmentsGrpc.newBlockingStub(channel);
    try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
      if (upload.isEmpty()) {
        if (mediaType.isEmpty()) {
          mediaType = guessed();
        }
        upload = begun(gateway, content.size()).getUploadId();
        String id = MessageText.hex(upload);
        err()
            .println(
                "upload %s; if it is interrupted, repeat the command with --resume %s"
                    .formatted(id, id));
        err().flush();
      }
      ShowUploadResponse shown = show(gateway);
      if (shown.getSize() != content.size()) {
        throw new CommandFailure(
            "--resume: the upload has "
                + CountText.of(shown.getSize(), "byte")
                + " and the file "
                + content.size()
                + "; it is of another file");
      }
      write(gateway, content, shown);
    } catch (IOException e) {
      String why = FileErrorText.words(e) + FileErrorText.nearest(e) + FileErrorText.access(e);
      throw new CommandFailure(TerminalText.printable(file + ": " + why), e);
    }
    tell(show(gateway), MessageText.hex(upload));
  }

  /** The media type by the ending of the file's name; says which. */
  private String guessed() throws IOException {
    @Nullable String known = Files.probeContentType(file);
    String type = known == null ? UNKNOWN : known;
    String why =
        known == null
            ? "media type %s, as the ending of the file's name is unknown; to name another, give it"
                + " with --media-type, such as --media-type image/jpeg"
            : "media type %s, by the ending of the file's name";
    err().println(why.formatted(type));
    err().flush();
    return type;
  }

  private BeginUploadResponse begun(AttachmentsGrpc.AttachmentsBlockingStub gateway, long size) {
    BeginUploadRequest request =
        BeginUploadRequest.newBuilder()
            .setName(name.isEmpty() ? String.valueOf(file.getFileName()) : name)
            .setMediaType(mediaType)
            .setSize(size)
            .addAllHandling(handling)
            .build();
    return retry.call(() -> gateway.beginUpload(request));
  }

  private ShowUploadResponse show(AttachmentsGrpc.AttachmentsBlockingStub gateway) {
    ShowUploadRequest request = ShowUploadRequest.newBuilder().setUploadId(upload).build();
    return retry.call(() -> gateway.showUpload(request));
  }

  private void write(
      AttachmentsGrpc.AttachmentsBlockingStub gateway,
      FileChannel content,
      ShowUploadResponse shown)
      throws IOException {
    if (shown.getComplete()) {
      return;
    }
    try (ProgressLine progress = ProgressLine.of(this, "uploading", "byte", "bytes")) {
      long at = shown.getCommitted();
      do {
        ByteString data = read(content, at, shown);
        WriteUploadRequest request =
            WriteUploadRequest.newBuilder().setUploadId(upload).setOffset(at).setData(data).build();
        at = retry.call(() -> gateway.writeUpload(request)).getCommitted();
        progress.at(at, shown.getSize());
      } while (at < shown.getSize());
    }
  }

  private static ByteString read(FileChannel content, long at, ShowUploadResponse shown)
      throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) Math.min(shown.getWriteBytes(), shown.getSize() - at));
    while (bytes.hasRemaining()) {
      if (content.read(bytes, at + bytes.position()) < 0) {
        throw new IOException("became shorter while it was read");
      }
    }
    return ByteString.copyFrom(bytes.flip());
  }
}
