from harbour_kit.kinds import Kind
