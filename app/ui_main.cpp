// SPDX-License-Identifier: GPL-3.0-or-later
// rewardloupe: the window. Reads the command line, then hands over to ui/.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>
#include <cstdio>
#include <cstring>

#include "ui/main_window.h"
#include "ui/screenshots.h"
#include "ui/widgets/theme.h"

namespace {

// Screenshots need no screen; the platform is chosen before the application object exists.
void choose_platform(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    bool wanted = std::strncmp(argv[i], "--screenshots", 13) == 0;
    for (const char* word : {"--version", "-v", "--help", "-h"}) {
      wanted = wanted || std::strcmp(argv[i], word) == 0;
    }
    if (wanted && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
      qputenv("QT_QPA_PLATFORM", "offscreen");
    }
  }
}

QStringList engine_command(const QString& given, const QString& workspace) {
  QStringList command = given.isEmpty()
                            ? QStringList{QDir(QCoreApplication::applicationDirPath())
                                              .filePath(QStringLiteral("rewardloupe-engine"))}
                            : QProcess::splitCommand(given);
  if (!command.contains(QStringLiteral("serve"))) {
    command << QStringLiteral("serve") << QStringLiteral("--workspace") << workspace;
  }
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  choose_platform(argc, argv);
  QApplication app(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("RewardLoupe"));
  QApplication::setApplicationName(QStringLiteral("rewardloupe"));
  QApplication::setApplicationVersion(QStringLiteral(LOUPE_VERSION));
  QSettings::setDefaultFormat(QSettings::IniFormat);

  QCommandLineParser options;
  options.setApplicationDescription(
      QApplication::tr("RewardLoupe: train, inspect and compare reward models."));
  options.addHelpOption();
  options.addVersionOption();
  const QCommandLineOption workspace_option(
      QStringLiteral("workspace"), QApplication::tr("Workspace folder, on the engine's machine."),
      QStringLiteral("folder"),
      QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
          .filePath(QStringLiteral("rewardloupe/workspace")));
  const QCommandLineOption engine_option(
      QStringLiteral("engine"),
      QApplication::tr("Command that starts the engine, e.g. \"ssh host rewardloupe-engine\"; "
                       "\"serve --workspace FOLDER\" is added unless it says serve itself."),
      QStringLiteral("command"));
  const QCommandLineOption screenshots_option(
      QStringLiteral("screenshots"),
      QApplication::tr("Write a picture of every page into this folder, light and dark, and end."),
      QStringLiteral("folder"));
  options.addOptions({workspace_option, engine_option, screenshots_option});
  options.process(app);

  loupe::ui::theme::initialise();
  QString workspace = options.value(workspace_option);
  const QString engine = options.value(engine_option);
  // With an engine of one's own the folder may be on another machine: left as it was typed.
  if (engine.isEmpty()) workspace = QDir(workspace).absolutePath();
  loupe::ui::MainWindow window(engine_command(engine, workspace), workspace);

  if (!options.isSet(screenshots_option)) {
    window.remember_geometry();
    window.show();
    window.start();
    return QApplication::exec();
  }
  loupe::ui::Screenshots screenshots(&window, options.value(screenshots_option));
  QObject::connect(&screenshots, &loupe::ui::Screenshots::finished, &app,
                   [](const QString& message) {
                     if (!message.isEmpty()) std::fprintf(stderr, "%s\n", qPrintable(message));
                     QApplication::exit(message.isEmpty() ? 0 : 1);
                   });
  window.start();
  screenshots.start();
  return QApplication::exec();
}
