package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.entente.gateway.bridge.DocumentFolder;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.DurableFile;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that save the document of a message that is opened. */
public final class SaveOptions {
  @Option(
      names = "--save",
      paramLabel = "DIR",
      description =
          "also save its document into this folder, which is created if it does not exist. "
              + "Only the file's owner may read it; no existing file is overwritten.")
  private @Nullable Path folder;

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description =
          "with --save: name of the file (default: the message's id and the document's" + " name)")
  private @Nullable String name;

  /** Whether {@code --save} was given. */
  public boolean asked() {
    return folder != null;
  }

  /**
   * Checks the options before the message is opened, because the audit log records every opening.
   *
   * @throws CommandFailure naming the wrong option; the message was not opened
   */
  public void check() {
    Path where = folder;
    if (where == null) {
      if (name != null) {
        throw new UsageError("--as: needs --save, which saves the document");
      }
      return;
    }
    if (name != null && !DocumentFolder.isFileName(name)) {
      throw new UsageError(
          "--as: "
              + TerminalText.printable(name)
              + " is not a file name; valid are at most 200 bytes without a slash, except . and"
              + " ..");
    }
    try {
      DocumentFolder into = DocumentFolder.open(where);
      if (!Files.isWritable(where)) {
        throw new CommandFailure(
            "--save: " + where + ": is not writable; the message was not opened");
      }
      if (name != null && DocumentFolder.isThere(into.file(name))) {
        throw new CommandFailure(
            "--as: " + into.file(name) + " exists already; the message was not opened");
      }
    } catch (IOException e) {
      throw new CommandFailure(
          "--save: " + where + ": " + FileErrorText.words(e) + "; the message was not opened", e);
    }
  }

  /**
   * Saves the document and returns a line with its path, size and hash.
   *
   * @throws CommandFailure naming the file and the error; the message was opened
   */
  public String save(ByteString messageId, Body body) {
    Path where = folder;
    if (where == null) {
      throw new IllegalStateException("--save was not given");
    }
    if (!body.hasDocument()) {
      throw new CommandFailure(
          "--save: the message was opened, but has no document; its body is "
              + body.getContentCase());
    }
    Document document = body.getDocument();
    byte[] content = document.getContent().toByteArray();
    Path file = where;
    try {
      DocumentFolder into = DocumentFolder.open(where);
      file = name == null ? into.file(messageId, document) : into.file(name);
      DurableFile.create(file, content);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(
          "--save: "
              + file
              + " exists already and was not changed; the message was opened; --as NAME"
              + " saves the document under another name",
          e);
    } catch (IOException e) {
      throw new CommandFailure(
          "--save: " + file + ": " + FileErrorText.words(e) + "; the message was opened", e);
    }
    return "saved as "
        + file
        + ": "
        + CountText.of(content.length, "byte")
        + ", SHA-256 "
        + sha256(document);
  }

  /** The document's SHA-256 in hex, by which two people can compare their copies. */
  public static String sha256(Document document) {
    return HexFormat.of().formatHex(Sha256.hash(document.getContent().toByteArray()));
  }
}
